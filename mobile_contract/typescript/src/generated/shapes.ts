/** Generated from mobile_contract by `npm run generate`; do not edit. */
export const REPORT_SCHEMA: object = {
  "$defs": {
    "AssetPart": {
      "description": "The equipment.",
      "properties": {
        "arrival_date": {
          "anyOf": [
            {
              "description": "a date like 2026-03-14",
              "maxLength": 10,
              "pattern": "^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$",
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "product": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "product_locale": {
          "anyOf": [
            {
              "description": "a language's tag like en, or `und` for one that nobody wrote down",
              "maxLength": 35,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "serial": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "description": "a whole number up to 9007199254740991",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "AssetPart",
      "type": "object"
    },
    "ChargeLine": {
      "description": "A line of what is to be paid: labour, travel, tax, a discount, a rounding, or the parts together.",
      "properties": {
        "amount": {
          "description": "a whole number of minor units, like 45000 for 450.00",
          "maximum": 9007199254740991,
          "minimum": -9007199254740991,
          "type": "integer"
        },
        "currency": {
          "description": "a currency code of three capital letters, like EUR",
          "maxLength": 3,
          "pattern": "^[A-Z]{3}$",
          "type": "string"
        },
        "label": {
          "description": "a text of up to 8000 characters",
          "maxLength": 8000,
          "type": "string"
        }
      },
      "required": [
        "label",
        "amount",
        "currency"
      ],
      "title": "ChargeLine",
      "type": "object"
    },
    "ChecklistLine": {
      "description": "A line of the checklist with its answer.",
      "properties": {
        "answer": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "description": "a whole number up to 9007199254740991",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "boolean"
            },
            {
              "items": {
                "anyOf": [
                  {
                    "description": "a text of up to 8000 characters",
                    "maxLength": 8000,
                    "type": "string"
                  },
                  {
                    "description": "a whole number up to 9007199254740991",
                    "maximum": 9007199254740991,
                    "minimum": -9007199254740991,
                    "type": "integer"
                  },
                  {
                    "type": "boolean"
                  },
                  {
                    "type": "null"
                  }
                ]
              },
              "type": "array"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "label": {
          "description": "a text of up to 8000 characters",
          "maxLength": 8000,
          "type": "string"
        },
        "label_locale": {
          "anyOf": [
            {
              "description": "a language's tag like en, or `und` for one that nobody wrote down",
              "maxLength": 35,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [
        "label"
      ],
      "title": "ChecklistLine",
      "type": "object"
    },
    "ConsentPart": {
      "description": "What the customer agrees to by signing; the `sign` operation names the same id and hash.",
      "properties": {
        "id": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "sha256": {
          "anyOf": [
            {
              "description": "a SHA-256 of 64 lower-case hex digits",
              "maxLength": 64,
              "pattern": "^[0-9a-f]{64}$",
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "text": {
          "anyOf": [
            {
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "ConsentPart",
      "type": "object"
    },
    "ContactPart": {
      "description": "A person at the customer's.",
      "properties": {
        "email": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "name": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "phone": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "description": "a whole number up to 9007199254740991",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "role": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "ContactPart",
      "type": "object"
    },
    "CrewLine": {
      "description": "One of several who did the work, and their hours. Who goes alone is the technician.",
      "properties": {
        "arrived_at": {
          "anyOf": [
            {
              "description": "a time in whole microseconds since 1970, like 1772413200000000",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "finished_at": {
          "anyOf": [
            {
              "description": "a time in whole microseconds since 1970, like 1772413200000000",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "id": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "name": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "started_at": {
          "anyOf": [
            {
              "description": "a time in whole microseconds since 1970, like 1772413200000000",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "CrewLine",
      "type": "object"
    },
    "CustomerPart": {
      "description": "For whom the work was done.",
      "properties": {
        "address": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "contact": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "$ref": "#/$defs/ContactPart"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "name": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "CustomerPart",
      "type": "object"
    },
    "ExpenseLine": {
      "description": "Money that was spent on the visit, where the office wants it shown. What is charged counts like a charged part.",
      "properties": {
        "amount": {
          "description": "a whole number of minor units, like 45000 for 450.00",
          "maximum": 9007199254740991,
          "minimum": -9007199254740991,
          "type": "integer"
        },
        "charged": {
          "default": false,
          "type": "boolean"
        },
        "currency": {
          "description": "a currency code of three capital letters, like EUR",
          "maxLength": 3,
          "pattern": "^[A-Z]{3}$",
          "type": "string"
        },
        "label": {
          "description": "a text of up to 8000 characters",
          "maxLength": 8000,
          "type": "string"
        }
      },
      "required": [
        "label",
        "amount",
        "currency"
      ],
      "title": "ExpenseLine",
      "type": "object"
    },
    "FaultPart": {
      "description": "What was wrong.",
      "properties": {
        "cause": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "cause_locale": {
          "anyOf": [
            {
              "description": "a language's tag like en, or `und` for one that nobody wrote down",
              "maxLength": 35,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "component": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "component_locale": {
          "anyOf": [
            {
              "description": "a language's tag like en, or `und` for one that nobody wrote down",
              "maxLength": 35,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "symptom": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "symptom_locale": {
          "anyOf": [
            {
              "description": "a language's tag like en, or `und` for one that nobody wrote down",
              "maxLength": 35,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "FaultPart",
      "type": "object"
    },
    "PartLine": {
      "description": "A part that went in or, with a negative quantity, was taken back. A price needs its currency.\n\n    A fraction is `quantity_milli`, in thousandths of the unit; `quantity` is then the next whole number up, for who reads whole\n    numbers only. `amount` is the price times the quantity, half up, whether it is charged or not.",
      "properties": {
        "amount": {
          "anyOf": [
            {
              "description": "a whole number of minor units, like 45000 for 450.00",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "charged": {
          "default": true,
          "type": "boolean"
        },
        "currency": {
          "anyOf": [
            {
              "description": "a currency code of three capital letters, like EUR",
              "maxLength": 3,
              "pattern": "^[A-Z]{3}$",
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "name": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "name_locale": {
          "anyOf": [
            {
              "description": "a language's tag like en, or `und` for one that nobody wrote down",
              "maxLength": 35,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "number": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "description": "a whole number up to 9007199254740991",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "quantity": {
          "anyOf": [
            {
              "description": "a whole number, like 2",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "quantity_milli": {
          "anyOf": [
            {
              "description": "a whole number of thousandths of the unit, like 2500 for 2.5",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "unit": {
          "anyOf": [
            {
              "enum": [
                "h",
                "kg",
                "m",
                "piece"
              ]
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "unit_price": {
          "anyOf": [
            {
              "description": "a whole number of minor units, like 45000 for 450.00",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "PartLine",
      "type": "object"
    },
    "PhotoLine": {
      "description": "A photo that the report shows, as its `photo` operation promised it; none twice. `by` names a crew-mate who took it.",
      "properties": {
        "by": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "photo_id": {
          "description": "an id in lower case, like 0192f6a0-0000-7000-8000-0000000000f1",
          "maxLength": 36,
          "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
          "type": "string"
        },
        "sha256": {
          "description": "a SHA-256 of 64 lower-case hex digits",
          "maxLength": 64,
          "pattern": "^[0-9a-f]{64}$",
          "type": "string"
        },
        "slot": {
          "description": "a text of up to 8000 characters",
          "maxLength": 8000,
          "type": "string"
        }
      },
      "required": [
        "photo_id",
        "slot",
        "sha256"
      ],
      "title": "PhotoLine",
      "type": "object"
    },
    "Report": {
      "description": "A service report as it is shown to the customer.",
      "properties": {
        "amends": {
          "anyOf": [
            {
              "description": "an id in lower case, like 0192f6a0-0000-7000-8000-0000000000f1",
              "maxLength": 36,
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "arrived_at": {
          "anyOf": [
            {
              "description": "a time in whole microseconds since 1970, like 1772413200000000",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "asset": {
          "anyOf": [
            {
              "$ref": "#/$defs/AssetPart"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "charges": {
          "default": [],
          "items": {
            "$ref": "#/$defs/ChargeLine"
          },
          "maxItems": 1000,
          "type": "array"
        },
        "checklist": {
          "default": [],
          "items": {
            "$ref": "#/$defs/ChecklistLine"
          },
          "maxItems": 1000,
          "type": "array"
        },
        "consent": {
          "anyOf": [
            {
              "$ref": "#/$defs/ConsentPart"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "crew": {
          "default": [],
          "items": {
            "$ref": "#/$defs/CrewLine"
          },
          "maxItems": 1000,
          "type": "array"
        },
        "customer": {
          "anyOf": [
            {
              "$ref": "#/$defs/CustomerPart"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "expenses": {
          "default": [],
          "items": {
            "$ref": "#/$defs/ExpenseLine"
          },
          "maxItems": 1000,
          "type": "array"
        },
        "fault": {
          "anyOf": [
            {
              "$ref": "#/$defs/FaultPart"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "finished_at": {
          "anyOf": [
            {
              "description": "a time in whole microseconds since 1970, like 1772413200000000",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "locale": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "number": {
          "anyOf": [
            {
              "description": "a text of up to 100 characters",
              "maxLength": 100,
              "type": "string"
            },
            {
              "description": "a whole number up to 9007199254740991",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "parts": {
          "default": [],
          "items": {
            "$ref": "#/$defs/PartLine"
          },
          "maxItems": 1000,
          "type": "array"
        },
        "photos": {
          "default": [],
          "items": {
            "$ref": "#/$defs/PhotoLine"
          },
          "maxItems": 200,
          "type": "array"
        },
        "report_id": {
          "description": "an id in lower case, like 0192f6a0-0000-7000-8000-0000000000f1",
          "maxLength": 36,
          "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
          "type": "string"
        },
        "started_at": {
          "anyOf": [
            {
              "description": "a time in whole microseconds since 1970, like 1772413200000000",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "technician": {
          "anyOf": [
            {
              "$ref": "#/$defs/TechnicianPart"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "time_zone": {
          "anyOf": [
            {
              "description": "a zone like Asia/Shanghai",
              "maxLength": 60,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "total": {
          "anyOf": [
            {
              "$ref": "#/$defs/Total"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "totals": {
          "default": [],
          "items": {
            "$ref": "#/$defs/Total"
          },
          "maxItems": 20,
          "type": "array"
        },
        "type": {
          "enum": [
            "fieldproof/report/v1"
          ]
        },
        "visit": {
          "$ref": "#/$defs/VisitPart"
        },
        "warranty": {
          "anyOf": [
            {
              "$ref": "#/$defs/WarrantyPart"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "window": {
          "anyOf": [
            {
              "$ref": "#/$defs/WindowPart"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "work": {
          "anyOf": [
            {
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [
        "type",
        "report_id",
        "visit"
      ],
      "title": "Report",
      "type": "object"
    },
    "TechnicianPart": {
      "description": "Who did the work.",
      "properties": {
        "id": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "name": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "TechnicianPart",
      "type": "object"
    },
    "Total": {
      "description": "What is to be paid in a currency: charged parts, expenses and charges together, or the charges alone where their lines hold the others.\n\n    `totals` has one for each currency; `total` is there where there is but one.",
      "properties": {
        "amount": {
          "description": "a whole number of minor units, like 45000 for 450.00",
          "maximum": 9007199254740991,
          "minimum": -9007199254740991,
          "type": "integer"
        },
        "currency": {
          "description": "a currency code of three capital letters, like EUR",
          "maxLength": 3,
          "pattern": "^[A-Z]{3}$",
          "type": "string"
        }
      },
      "required": [
        "amount",
        "currency"
      ],
      "title": "Total",
      "type": "object"
    },
    "VisitPart": {
      "description": "The visit that the report is about.",
      "properties": {
        "id": {
          "description": "an id in lower case, like 0192f6a0-0000-7000-8000-0000000000f1",
          "maxLength": 36,
          "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
          "type": "string"
        },
        "kind": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "number": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "description": "a whole number up to 9007199254740991",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "title": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [
        "id"
      ],
      "title": "VisitPart",
      "type": "object"
    },
    "WarrantyPart": {
      "description": "Whether the work is under warranty.",
      "properties": {
        "reason": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "status": {
          "anyOf": [
            {
              "description": "a text of up to 8000 characters",
              "maxLength": 8000,
              "type": "string"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "WarrantyPart",
      "type": "object"
    },
    "WindowPart": {
      "description": "The agreed window.",
      "properties": {
        "end": {
          "anyOf": [
            {
              "description": "a time in whole microseconds since 1970, like 1772413200000000",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "start": {
          "anyOf": [
            {
              "description": "a time in whole microseconds since 1970, like 1772413200000000",
              "maximum": 9007199254740991,
              "minimum": -9007199254740991,
              "type": "integer"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [],
      "title": "WindowPart",
      "type": "object"
    }
  },
  "$ref": "#/$defs/Report",
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "x-limits": {
    "bytes": 500000,
    "depth": 32
  }
};
export const STROKES_SCHEMA: object = {
  "$defs": {
    "Point": {
      "description": "A point as a list: x, y, milliseconds, pressure from 0 to 1000. Only x and y must be there; more may follow.",
      "minItems": 2,
      "prefixItems": [
        {
          "description": "a number up to 1000000, fractions included",
          "maximum": 1000000,
          "minimum": -1000000,
          "type": "number"
        },
        {
          "description": "a number up to 1000000, fractions included",
          "maximum": 1000000,
          "minimum": -1000000,
          "type": "number"
        },
        {
          "anyOf": [
            {
              "description": "a number",
              "type": "number"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        {
          "anyOf": [
            {
              "description": "a number",
              "type": "number"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      ],
      "title": "Point",
      "type": "array"
    },
    "Strokes": {
      "description": "The lines that the customer drew. At least one of them must move: a dot says nothing.",
      "properties": {
        "height": {
          "anyOf": [
            {
              "description": "a number",
              "type": "number"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        },
        "strokes": {
          "items": {
            "items": {
              "$ref": "#/$defs/Point"
            },
            "type": "array"
          },
          "maxItems": 50000,
          "type": "array"
        },
        "width": {
          "anyOf": [
            {
              "description": "a number",
              "type": "number"
            },
            {
              "type": "null"
            }
          ],
          "default": null
        }
      },
      "required": [
        "strokes"
      ],
      "title": "Strokes",
      "type": "object"
    }
  },
  "$ref": "#/$defs/Strokes",
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "x-limits": {
    "bytes": 500000,
    "depth": 32,
    "moves": 0.005,
    "pad": 100,
    "points": 50000
  }
};
