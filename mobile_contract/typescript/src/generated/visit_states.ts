/** Generated from mobile_contract by `npm run generate`; do not edit. */
/** How taps move who taps, and the visit with them; shapes/visits.ts has the rules. */
export const VISIT_STATES = {
  "contradicts": {
    "cannot_complete": "complete",
    "closed": "cannot_complete",
    "completed": "cannot_complete"
  },
  "declined": "declined",
  "ended": [
    "completed",
    "cannot_complete",
    "closed"
  ],
  "forward": [
    "dispatched",
    "accepted",
    "en_route",
    "on_site",
    "in_progress"
  ],
  "of_crew": [
    "completed",
    "cannot_complete",
    "in_progress",
    "on_hold",
    "in_progress",
    "on_site",
    "en_route",
    "accepted",
    "dispatched",
    "declined"
  ],
  "open": [
    "dispatched",
    "accepted",
    "en_route",
    "on_site",
    "in_progress",
    "on_hold"
  ],
  "stamps": {
    "accept": "accepted_at",
    "check_in": "arrived_at",
    "depart": "departed_at",
    "start": "started_at"
  },
  "steps": {
    "accept": {
      "from": [
        "dispatched"
      ],
      "in_crew": [],
      "overtaken": [
        "en_route",
        "on_site",
        "in_progress",
        "on_hold",
        "completed",
        "cannot_complete"
      ],
      "to": "accepted"
    },
    "cannot_complete": {
      "from": [
        "dispatched",
        "accepted",
        "en_route",
        "on_site",
        "in_progress",
        "on_hold"
      ],
      "in_crew": [],
      "overtaken": [],
      "to": "cannot_complete"
    },
    "check_in": {
      "from": [
        "dispatched",
        "accepted",
        "en_route"
      ],
      "in_crew": [],
      "overtaken": [
        "in_progress",
        "on_hold",
        "completed",
        "cannot_complete"
      ],
      "to": "on_site"
    },
    "complete": {
      "from": [
        "on_site",
        "in_progress",
        "on_hold"
      ],
      "in_crew": [
        "dispatched",
        "accepted",
        "en_route",
        "on_site",
        "in_progress",
        "on_hold"
      ],
      "overtaken": [],
      "to": "completed"
    },
    "decline": {
      "from": [
        "dispatched",
        "accepted"
      ],
      "in_crew": [],
      "overtaken": [],
      "to": "declined"
    },
    "depart": {
      "from": [
        "dispatched",
        "accepted"
      ],
      "in_crew": [],
      "overtaken": [
        "on_site",
        "in_progress",
        "on_hold",
        "completed",
        "cannot_complete"
      ],
      "to": "en_route"
    },
    "hold": {
      "from": [
        "in_progress"
      ],
      "in_crew": [
        "dispatched",
        "accepted",
        "en_route",
        "on_site",
        "in_progress",
        "on_hold"
      ],
      "overtaken": [],
      "to": "on_hold"
    },
    "resume": {
      "from": [
        "on_hold"
      ],
      "in_crew": [
        "dispatched",
        "accepted",
        "en_route",
        "on_site",
        "in_progress",
        "on_hold"
      ],
      "overtaken": [],
      "to": "in_progress"
    },
    "start": {
      "from": [
        "dispatched",
        "accepted",
        "en_route",
        "on_site"
      ],
      "in_crew": [],
      "overtaken": [
        "on_hold"
      ],
      "to": "in_progress"
    }
  }
} as const;
