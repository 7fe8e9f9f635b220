/** Generated from mobile_contract by `npm run generate`; do not edit. */
export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Whether database and storage answer; open to anyone.
         */
        get: operations["HealthHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sync/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stream
         * @description ND-JSON for the PowerSync SDK: checkpoints and the rows that lead to them, until the token expires.
         */
        post: operations["SyncStreamStream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * ByDevice
         * @description Sign in by the device's own key, after any time offline.
         */
        post: operations["V1AuthDeviceByDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/device/{device_id}/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Challenge
         * @description Ask for a challenge that the device then signs.
         */
        post: operations["V1AuthDeviceDeviceIdChallengeChallenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * LogIn
         * @description Sign in by password.
         */
        post: operations["V1AuthLoginLogIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refresh
         * @description Exchange a refresh token for a new pair; each is good once.
         */
        post: operations["V1AuthRefreshRefresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/board": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Board
         * @description The board from `start` (midnight UTC when missing) for some hours.
         */
        get: operations["V1BoardBoard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Customers
         * @description Customers whose name contains `q`, in the order they were made.
         */
        get: operations["V1CustomersCustomers"];
        put?: never;
        /**
         * AddCustomer
         * @description Make a customer.
         */
        post: operations["V1CustomersAddCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customer_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Customer
         * @description One customer.
         */
        get: operations["V1CustomersCustomerIdCustomer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customer_id}/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Contacts
         * @description The people at a customer.
         */
        get: operations["V1CustomersCustomerIdContactsContacts"];
        put?: never;
        /**
         * AddContact
         * @description Add a person at a customer.
         */
        post: operations["V1CustomersCustomerIdContactsAddContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{customer_id}/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sites
         * @description A customer's sites.
         */
        get: operations["V1CustomersCustomerIdSitesSites"];
        put?: never;
        /**
         * AddSite
         * @description Add a site.
         */
        post: operations["V1CustomersCustomerIdSitesAddSite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Devices
         * @description The desk sees every device, a technician their own.
         */
        get: operations["V1DevicesDevices"];
        put?: never;
        /**
         * Enrol
         * @description Enrol a phone; open to whoever holds a code and the key.
         */
        post: operations["V1DevicesEnrol"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{device_id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke
         * @description Revoke a device (an admin any, a technician their own); what it signed before still counts.
         */
        post: operations["V1DevicesDeviceIdRevokeRevoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Jobs
         * @description Jobs, newest first, with their visits.
         */
        get: operations["V1JobsJobs"];
        put?: never;
        /**
         * Add
         * @description Make a job with its first visit; a ticket gives customer, site, asset and title.
         */
        post: operations["V1JobsAdd"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Job
         * @description One job with its visits.
         */
        get: operations["V1JobsJobIdJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/visits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * AnotherVisit
         * @description One more trip for a job.
         */
        post: operations["V1JobsJobIdVisitsAnotherVisit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys
         * @description The server's public keys, as `fieldproof verify --key` reads them.
         */
        get: operations["V1KeysKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Me
         * @description The user who calls.
         */
        get: operations["V1MeMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/offices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Offices
         * @description All offices.
         */
        get: operations["V1OfficesOffices"];
        put?: never;
        /**
         * AddOffice
         * @description Make an office.
         */
        post: operations["V1OfficesAddOffice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/parked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Inbox
         * @description What waits for a decision, oldest first.
         */
        get: operations["V1ParkedInbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/parked/{operation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resolve
         * @description Decide: apply now, attach as evidence, or dismiss with a reason.
         */
        post: operations["V1ParkedOperationIdResolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Parts
         * @description All spare parts with their prices.
         */
        get: operations["V1PartsParts"];
        put?: never;
        /**
         * AddPart
         * @description Make a spare part.
         */
        post: operations["V1PartsAddPart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/photos/{photo_id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete
         * @description Have the server verify what was uploaded. Quarantine is kept although the answer is an error.
         */
        post: operations["V1PhotosPhotoIdCompleteComplete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/photos/{photo_id}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download
         * @description A short-lived address of the original, or of its thumbnail.
         */
        get: operations["V1PhotosPhotoIdDownloadDownload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/photos/{photo_id}/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload
         * @description An address for the promised bytes. A 412 from it means that they are there: complete then.
         */
        post: operations["V1PhotosPhotoIdUploadUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Products
         * @description All products.
         */
        get: operations["V1ProductsProducts"];
        put?: never;
        /**
         * AddProduct
         * @description Make a product.
         */
        post: operations["V1ProductsAddProduct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{record_id}/pdf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Pdf
         * @description The sealed PDF.
         */
        get: operations["V1RecordsRecordIdPdfPdf"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shared/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shared
         * @description The sealed PDF for whoever holds the link that is printed on it.
         */
        get: operations["V1SharedTokenShared"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/{site_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Describe
         * @description Change a site's name, address or access note.
         */
        patch: operations["V1SitesSiteIdDescribe"];
        trace?: never;
    };
    "/v1/sites/{site_id}/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Assets
         * @description What stands at a site, with its warranty.
         */
        get: operations["V1SitesSiteIdAssetsAssets"];
        put?: never;
        /**
         * AddAsset
         * @description Record a piece of equipment that arrived.
         */
        post: operations["V1SitesSiteIdAssetsAddAsset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange
         * @description Operations up, outcomes and changes down. Transactions of its own: what was pushed stays pushed.
         */
        post: operations["V1SyncExchange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reconcile
         * @description For a phone whose count or checksum of a scope is off: its digests up, the buckets that differ down, whole.
         */
        post: operations["V1SyncReconcileReconcile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream
         * @description Server-sent events: hints that a scope moved. They carry no data; the exchange fetches it.
         *
         *     The id of an event says what the phone knows; sent back as Last-Event-ID, only what is newer is told.
         */
        get: operations["V1SyncStreamStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/technicians": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Technicians
         * @description All technicians by name.
         */
        get: operations["V1TechniciansTechnicians"];
        put?: never;
        /**
         * AddTechnician
         * @description Make a user a technician who can be sent; from then on there is a feed for their phones.
         */
        post: operations["V1TechniciansAddTechnician"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tickets
         * @description Tickets, newest first; `status` narrows to one.
         */
        get: operations["V1TicketsTickets"];
        put?: never;
        /**
         * Take
         * @description Write a request down; its clock runs from when it was received.
         */
        post: operations["V1TicketsTake"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets/{ticket_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ticket
         * @description One ticket.
         */
        get: operations["V1TicketsTicketIdTicket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tickets/{ticket_id}/respond": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Respond
         * @description Record that the customer was answered now; the first answer stops the clock.
         */
        post: operations["V1TicketsTicketIdRespondRespond"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Users
         * @description All users by name.
         */
        get: operations["V1UsersUsers"];
        put?: never;
        /**
         * AddUser
         * @description Make a user; a technician also needs `POST /v1/technicians`.
         */
        post: operations["V1UsersAddUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user_id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deactivate
         * @description Take a user's access away. What their phones still hold comes in and is parked.
         */
        post: operations["V1UsersUserIdDeactivateDeactivate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user_id}/enrolment-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * MakeCode
         * @description A one-time code for a technician's phone.
         */
        post: operations["V1UsersUserIdEnrolmentCodesMakeCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify
         * @description Verify a sealed PDF, sent as the body, against this server's keys. It is not stored.
         */
        post: operations["V1VerifyVerify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/visits/{visit_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Visit
         * @description One visit.
         */
        get: operations["V1VisitsVisitIdVisit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/visits/{visit_id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Assign
         * @description Assign or reassign: each call is a numbered order that the phones are told of.
         */
        post: operations["V1VisitsVisitIdAssignAssign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/visits/{visit_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel
         * @description Cancel a visit; it leaves its crew's phones.
         */
        post: operations["V1VisitsVisitIdCancelCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/visits/{visit_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * History
         * @description Who did what when, in the order it was recorded.
         */
        get: operations["V1VisitsVisitIdHistoryHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/visits/{visit_id}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Orders
         * @description The dispatch record of a visit, oldest first.
         */
        get: operations["V1VisitsVisitIdOrdersOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/visits/{visit_id}/photos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Photos
         * @description The custody manifest of a visit.
         */
        get: operations["V1VisitsVisitIdPhotosPhotos"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/visits/{visit_id}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Records
         * @description The sealed records of a visit: the first, and any that amend it.
         */
        get: operations["V1VisitsVisitIdRecordsRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/write-checkpoint2.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * WriteCheckpoint
         * @description Asked by the PowerSync SDK after an upload: the checkpoint that will hold the effects.
         */
        get: operations["WriteCheckpoint2JsonWriteCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** AssetIn */
        AssetIn: {
            /** Format: date */
            arrival_date: string;
            /** Format: uuid */
            product_id: string;
            /** @example CH200-0007 */
            serial: string;
        };
        /** AssetOut */
        AssetOut: {
            /** Format: date */
            arrival_date: string;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            product_id: string;
            serial: string;
            /** Format: uuid */
            site_id: string;
            warranty: string;
            /** Format: date */
            warranty_until: string;
        };
        /** AssignIn */
        AssignIn: {
            /**
             * @default
             * @example Li Wei is held up at the site before
             */
            reason?: string;
            technician_ids: string[];
            /**
             * Format: date-time
             * @example 2026-03-02T11:00:00+08:00
             */
            window_end: string;
            /**
             * Format: date-time
             * @example 2026-03-02T09:00:00+08:00
             */
            window_start: string;
        };
        /** Board */
        Board: {
            late: string[];
            technicians: components["schemas"]["TechnicianOut"][];
            unassigned: string[];
            visits: components["schemas"]["BoardVisit"][];
        };
        /** BoardVisit */
        BoardVisit: {
            customer: string;
            job_number: number;
            lateness: string;
            phone_last_heard_at: string | null;
            photos_promised: number;
            photos_verified: number;
            site: string;
            state: components["schemas"]["VisitState"];
            technician_ids: string[];
            title: string;
            /** Format: uuid */
            visit_id: string;
            window_end: string | null;
            window_start: string | null;
        };
        /** BucketIn */
        BucketIn: {
            after: string;
            name: string;
        };
        /** CancelIn */
        CancelIn: {
            /** @example The customer repaired it */
            reason: string;
        };
        /** Challenge */
        Challenge: {
            challenge: string;
        };
        /** ChangeOut */
        ChangeOut: {
            body?: unknown | null;
            collection: string;
            /** @default  */
            hash?: string;
            /** Format: uuid */
            id: string;
            rev: number;
            scope: string;
        };
        /**
         * Channel
         * @description How they told us.
         * @enum {string}
         */
        Channel: "phone" | "letter" | "email" | "web" | "in_person";
        /** ClaimOut */
        ClaimOut: {
            detail: string;
            id: string;
            ok: boolean | null;
            statement: string;
        };
        /** ClockOut */
        ClockOut: {
            /** Format: date-time */
            due_at: string;
            responded_at: string | null;
            state: components["schemas"]["ClockState"];
        };
        /**
         * ClockState
         * @description A clock is met or breached once and for good by when the response came.
         * @enum {string}
         */
        ClockState: "running" | "paused" | "met" | "breached";
        /** ContactIn */
        ContactIn: {
            /** @default  */
            email?: string;
            /** @example 王芳 */
            name: string;
            /** @default  */
            phone?: string;
            /** @default  */
            role?: string;
        };
        /** ContactOut */
        ContactOut: {
            /** Format: uuid */
            customer_id: string;
            email: string;
            /** Format: uuid */
            id: string;
            name: string;
            phone: string;
            role: string;
        };
        /** CrewOut */
        CrewOut: {
            lead: boolean;
            name: string;
            /** Format: uuid */
            technician_id: string;
        };
        /** CustomerIn */
        CustomerIn: {
            /** @default en */
            locale?: string;
            /** @example 华东医院 */
            name: string;
            /** @default  */
            note?: string;
            /** Format: uuid */
            office_id: string;
            /** @default standard */
            tier?: string;
        };
        /** CustomerOut */
        CustomerOut: {
            /** Format: uuid */
            id: string;
            locale: string;
            name: string;
            note: string;
            /** Format: uuid */
            office_id: string;
            tier: string;
        };
        /** DeviceOut */
        DeviceOut: {
            /** Format: date-time */
            enrolled_at: string;
            /** Format: uuid */
            id: string;
            label: string;
            last_heard_at: string | null;
            last_seq: number;
            platform: string;
            revoked_at: string | null;
            /** Format: uuid */
            user_id: string;
        };
        /** DeviceProof */
        DeviceProof: {
            challenge: string;
            /** @description base64url of raw r||s over the challenge */
            signature: string;
        };
        /** DigestIn */
        DigestIn: {
            checksum: string;
            count: number;
        };
        /** DownloadOut */
        DownloadOut: {
            url: string;
        };
        /** Enrol */
        Enrol: {
            code: string;
            /** @example Pixel 7a */
            label: string;
            platform: string;
            /** @description base64url of raw r||s over the code */
            proof: string;
            /** @description base64url of the SubjectPublicKeyInfo (DER), P-256 */
            public_key: string;
        };
        /** EnrolmentCodeOut */
        EnrolmentCodeOut: {
            code: string;
            /** Format: date-time */
            expires_at: string;
        };
        /** EventOut */
        EventOut: {
            actor_id: string | null;
            facts: {
                [key: string]: unknown;
            };
            kind: string;
            /** Format: date-time */
            occurred_at: string;
            operation_id: string | null;
            /** Format: date-time */
            recorded_at: string;
        };
        /** JobIn */
        JobIn: {
            asset_id?: string | null;
            checklist?: string[] | null;
            /** @default  */
            description?: string;
            /** @default repair */
            kind?: string;
            /** @default 60 */
            minutes?: number;
            site_id?: string | null;
            skills?: string[];
            ticket_id?: string | null;
            /**
             * @default
             * @example Chiller shows E42 and stops
             */
            title?: string;
        };
        /** JobOut */
        JobOut: {
            asset_id: string | null;
            /** Format: uuid */
            customer_id: string;
            description: string;
            /** Format: uuid */
            id: string;
            kind: string;
            number: number;
            /** Format: uuid */
            office_id: string;
            /** Format: uuid */
            site_id: string;
            skills: string[];
            ticket_id: string | null;
            title: string;
            visits: components["schemas"]["VisitOut"][];
        };
        /** LogIn */
        LogIn: {
            /** @example li.wei */
            login: string;
            password: string;
        };
        /** OfficeIn */
        OfficeIn: {
            /** @example 李伟 */
            name: string;
            /** @example Asia/Shanghai */
            time_zone: string;
        };
        /** OfficeOut */
        OfficeOut: {
            /** Format: uuid */
            id: string;
            /** @example 李伟 */
            name: string;
            /** @example Asia/Shanghai */
            time_zone: string;
        };
        /** OrderOut */
        OrderOut: {
            /** Format: date-time */
            ordered_at: string;
            /** Format: uuid */
            ordered_by: string;
            plan_version: number;
            reason: string;
            technician_ids: string[];
            /** Format: uuid */
            visit_id: string;
            window_end: string | null;
            window_start: string | null;
        };
        /** OutcomeOut */
        OutcomeOut: {
            code?: string | null;
            /** Format: uuid */
            id: string;
            outcome: string;
            sentence?: string | null;
            seq: number;
            was?: string | null;
        };
        /** ParkedOut */
        ParkedOut: {
            body: unknown;
            code: string;
            /** Format: uuid */
            device_id: string;
            /** Format: uuid */
            id: string;
            kind: string;
            resolution: string | null;
            sentence: string;
            seq: number;
            /** Format: uuid */
            user_id: string;
            visit_id: string | null;
        };
        /** PartIn */
        PartIn: {
            /** @default CNY */
            currency?: string;
            /** @example Condenser fan 冷凝风机 */
            name: string;
            /** @example FAN-12 */
            number: string;
            /** @example 45000 */
            unit_price: number;
        };
        /** PartOut */
        PartOut: {
            currency: string;
            /** Format: uuid */
            id: string;
            name: string;
            number: string;
            unit_price: number;
        };
        /** PhotoOut */
        PhotoOut: {
            content_type: string;
            finding: string;
            /** Format: uuid */
            id: string;
            sha256: string;
            size: number;
            slot: string;
            state: string;
            /** Format: uuid */
            visit_id: string;
        };
        /** ProductIn */
        ProductIn: {
            /** @example CH-200 */
            code: string;
            /** @example Chiller CH-200 冷水机组 */
            name: string;
            /** @example 24 */
            warranty_months: number;
        };
        /** ProductOut */
        ProductOut: {
            code: string;
            /** Format: uuid */
            id: string;
            name: string;
            warranty_months: number;
        };
        /** ReconcileIn */
        ReconcileIn: {
            buckets: {
                [key: string]: components["schemas"]["DigestIn"];
            };
            scope: string;
        };
        /** ReconcileOut */
        ReconcileOut: {
            buckets: {
                [key: string]: components["schemas"]["ChangeOut"][];
            };
            /** @default false */
            more?: boolean;
            scopes: {
                [key: string]: components["schemas"]["ScopeOut"];
            };
        };
        /** RecordOut */
        RecordOut: {
            amends_id: string | null;
            /** Format: uuid */
            id: string;
            leaf_index: number;
            locale: string;
            pdf_sha256: string;
            /** Format: uuid */
            report_id: string;
            /** Format: date-time */
            sealed_at: string;
            /** Format: uuid */
            visit_id: string;
        };
        /** Refresh */
        Refresh: {
            refresh_token: string;
        };
        /** ResolveIn */
        ResolveIn: {
            /** @default  */
            reason?: string;
            resolution: string;
        };
        /**
         * Role
         * @description What a user is; a manager may do what a dispatcher may, an admin what a manager may.
         * @enum {string}
         */
        Role: "technician" | "dispatcher" | "manager" | "admin";
        /** ScopeOut */
        ScopeOut: {
            checksum: string;
            count: number;
            rev: number;
        };
        /** SiteIn */
        SiteIn: {
            /** @default  */
            access_note?: string;
            /** @example 延安西路221号 */
            address: string;
            /** @default wgs84 */
            datum?: string;
            /** @default 150 */
            geofence_radius_m?: number;
            /** @example 31.2222 */
            latitude: number;
            /** @example 121.4381 */
            longitude: number;
            /** @example 主楼 Main building */
            name: string;
            /** @example Asia/Shanghai */
            time_zone: string;
        };
        /** SiteOut */
        SiteOut: {
            access_note: string;
            address: string;
            /** Format: uuid */
            customer_id: string;
            datum: string;
            geofence_radius_m: number;
            /** Format: uuid */
            id: string;
            latitude: number;
            longitude: number;
            name: string;
            time_zone: string;
        };
        /** StreamIn */
        StreamIn: {
            buckets?: components["schemas"]["BucketIn"][];
        };
        /** SyncIn */
        SyncIn: {
            /** @example 1 */
            contract_version: number;
            cursor?: string | null;
            operations?: components["schemas"]["WireOperation"][];
            /**
             * @description of changes, a scope
             * @default 1048576
             */
            page_bytes?: number;
            /**
             * @description false when rows come another way; then no changes are sent
             * @default true
             */
            pull?: boolean;
        };
        /** SyncOut */
        SyncOut: {
            anchor: string;
            changes?: components["schemas"]["ChangeOut"][];
            cursor?: string | null;
            last_seq: number;
            /** @default false */
            more?: boolean;
            outcomes?: components["schemas"]["OutcomeOut"][];
            resync?: string[];
            scopes?: {
                [key: string]: components["schemas"]["ScopeOut"];
            };
        };
        /** TechnicianIn */
        TechnicianIn: {
            home_latitude?: number | null;
            home_longitude?: number | null;
            /** @default  */
            phone?: string;
            /**
             * @example [
             *       "chiller",
             *       "electrical"
             *     ]
             */
            skills?: string[];
            /** Format: uuid */
            user_id: string;
            working_hours?: {
                [key: string]: [
                    string,
                    string
                ];
            };
        };
        /** TechnicianOut */
        TechnicianOut: {
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: uuid */
            office_id: string;
            phone: string;
            skills: string[];
            working_hours: {
                [key: string]: [
                    string,
                    string
                ];
            };
        };
        /** TicketIn */
        TicketIn: {
            asset_id?: string | null;
            channel: components["schemas"]["Channel"];
            contact_id?: string | null;
            /** Format: uuid */
            customer_id: string;
            /** @default  */
            description?: string;
            kind: components["schemas"]["TicketKind"];
            received_at?: string | null;
            site_id?: string | null;
            /** @example Chiller shows E42 and stops */
            subject: string;
        };
        /**
         * TicketKind
         * @description What the customer wants.
         * @enum {string}
         */
        TicketKind: "repair" | "maintenance" | "installation" | "inquiry" | "suggestion" | "complaint" | "training";
        /** TicketOut */
        TicketOut: {
            asset_id: string | null;
            channel: components["schemas"]["Channel"];
            contact_id: string | null;
            /** Format: uuid */
            customer_id: string;
            description: string;
            first_response: components["schemas"]["ClockOut"];
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["TicketKind"];
            number: number;
            /** Format: uuid */
            office_id: string;
            /** Format: date-time */
            received_at: string;
            site_id: string | null;
            state: string;
            subject: string;
        };
        /** TokenPair */
        TokenPair: {
            access_token: string;
            device_id?: string | null;
            expires_in: number;
            refresh_token: string;
            role: components["schemas"]["Role"];
            /** Format: uuid */
            user_id: string;
        };
        /** UploadOut */
        UploadOut: {
            headers: {
                [key: string]: string;
            };
            state: string;
            url: string;
        };
        /** UserIn */
        UserIn: {
            /** @default en */
            locale?: string;
            /** @example li.wei */
            login: string;
            /** @example 李伟 */
            name: string;
            /** Format: uuid */
            office_id: string;
            password: string;
            role: components["schemas"]["Role"];
        };
        /** UserOut */
        UserOut: {
            active: boolean;
            /** Format: uuid */
            id: string;
            locale: string;
            login: string;
            name: string;
            /** Format: uuid */
            office_id: string;
            role: components["schemas"]["Role"];
        };
        /** VerificationOut */
        VerificationOut: {
            claims: components["schemas"]["ClaimOut"][];
            ok: boolean;
        };
        /** VisitIn */
        VisitIn: {
            /** @default 60 */
            minutes?: number;
        };
        /** VisitOut */
        VisitOut: {
            after_reassignment: boolean;
            arrived_at: string | null;
            crew: components["schemas"]["CrewOut"][];
            custody: {
                [key: string]: unknown;
            };
            finished_at: string | null;
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            job_id: string;
            minutes: number;
            plan_version: number;
            skipped: string[];
            started_at: string | null;
            state: components["schemas"]["VisitState"];
            window_end: string | null;
            window_start: string | null;
            work_summary: string;
        };
        /**
         * VisitState
         * @description Where a visit is.
         * @enum {string}
         */
        VisitState: "unscheduled" | "scheduled" | "dispatched" | "accepted" | "declined" | "en_route" | "on_site" | "in_progress" | "on_hold" | "completed" | "closed" | "cannot_complete" | "cancelled";
        /** WireOperation */
        WireOperation: {
            attachment?: string | null;
            /** @description see vectors.json for a whole one */
            body: string;
            /** @description base64url of raw r||s */
            signature: string;
        };
        /** WriteCheckpoint */
        WriteCheckpoint: {
            write_checkpoint: string;
        };
        /** WriteCheckpointOut */
        WriteCheckpointOut: {
            data: components["schemas"]["WriteCheckpoint"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    HealthHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
        };
    };
    SyncStreamStream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StreamIn"];
            };
        };
        responses: {
            /** @description Stream Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1AuthDeviceByDevice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceProof"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1AuthDeviceDeviceIdChallengeChallenge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Challenge"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1AuthLoginLogIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogIn"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1AuthRefreshRefresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1BoardBoard: {
        parameters: {
            query?: {
                start?: string | null;
                hours?: number;
                office_id?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1CustomersCustomers: {
        parameters: {
            query?: {
                q?: string;
                limit?: number;
                /** @description The last id of the page before. */
                after?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1CustomersAddCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CustomerIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1CustomersCustomerIdCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1CustomersCustomerIdContactsContacts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1CustomersCustomerIdContactsAddContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1CustomersCustomerIdSitesSites: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1CustomersCustomerIdSitesAddSite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                customer_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1DevicesDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceOut"][];
                };
            };
        };
    };
    V1DevicesEnrol: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Enrol"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1DevicesDeviceIdRevokeRevoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                device_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1JobsJobs: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1JobsAdd: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1JobsJobIdJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1JobsJobIdVisitsAnotherVisit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VisitIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VisitOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1KeysKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    V1MeMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"];
                };
            };
        };
    };
    V1OfficesOffices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OfficeOut"][];
                };
            };
        };
    };
    V1OfficesAddOffice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OfficeIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OfficeOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1ParkedInbox: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParkedOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1ParkedOperationIdResolve: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                operation_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveIn"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParkedOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1PartsParts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartOut"][];
                };
            };
        };
    };
    V1PartsAddPart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1PhotosPhotoIdCompleteComplete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                photo_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhotoOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1PhotosPhotoIdDownloadDownload: {
        parameters: {
            query?: {
                thumbnail?: boolean;
            };
            header?: never;
            path: {
                photo_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DownloadOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1PhotosPhotoIdUploadUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                photo_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1ProductsProducts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductOut"][];
                };
            };
        };
    };
    V1ProductsAddProduct: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1RecordsRecordIdPdfPdf: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                record_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": string;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1SharedTokenShared: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": string;
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1SitesSiteIdDescribe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    [key: string]: string;
                };
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1SitesSiteIdAssetsAssets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1SitesSiteIdAssetsAddAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                site_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1SyncExchange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SyncIn"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1SyncReconcileReconcile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReconcileIn"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconcileOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1SyncStreamStream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stream Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    V1TechniciansTechnicians: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TechnicianOut"][];
                };
            };
        };
    };
    V1TechniciansAddTechnician: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TechnicianIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TechnicianOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1TicketsTickets: {
        parameters: {
            query?: {
                status?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1TicketsTake: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TicketIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1TicketsTicketIdTicket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1TicketsTicketIdRespondRespond: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1UsersUsers: {
        parameters: {
            query?: {
                /** @description How many at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1UsersAddUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserIn"];
            };
        };
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1UsersUserIdDeactivateDeactivate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1UsersUserIdEnrolmentCodesMakeCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Document created, URL follows */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentCodeOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1VerifyVerify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationOut"];
                };
            };
        };
    };
    V1VisitsVisitIdVisit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VisitOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1VisitsVisitIdAssignAssign: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignIn"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VisitOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1VisitsVisitIdCancelCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CancelIn"];
            };
        };
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VisitOut"];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1VisitsVisitIdHistoryHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1VisitsVisitIdOrdersOrders: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1VisitsVisitIdPhotosPhotos: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhotoOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    V1VisitsVisitIdRecordsRecords: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                visit_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordOut"][];
                };
            };
            /** @description Bad request syntax or unsupported method */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        extra?: null | {
                            [key: string]: unknown;
                        } | unknown[];
                        status_code: number;
                    };
                };
            };
        };
    };
    WriteCheckpoint2JsonWriteCheckpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Request fulfilled, document follows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WriteCheckpointOut"];
                };
            };
        };
    };
}
