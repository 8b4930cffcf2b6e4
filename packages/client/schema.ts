/** Generated from docs/openapi.json by scripts/generate-docs.ts; `npm run check` compares it. */

export interface paths {
    "/api/v1/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All streams, by id */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
                    /** @description `waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back */
                    state?: "waiting" | "discovering" | "live" | "interrupted" | "ended";
                    /** @description The publisher's, or the ingest's */
                    protocol?: string;
                    /** @description Part of the stream id, in any case */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            streams: components["schemas"]["StreamSummary"][];
                            /** @description That match the filters */
                            total: number;
                            limit: number;
                            offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One stream, with its time line */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamDetail"];
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Statistics of one stream */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamStats"];
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/viewers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who watches, the longest first */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
                };
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            viewers: components["schemas"]["Viewer"][];
                            /** @description That match the filters */
                            total: number;
                            limit: number;
                            offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/play": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Addresses at which the stream can be played */
        get: {
            parameters: {
                query?: {
                    /** @description hls, flv, rtmp, webrtc; left out: all that there are */
                    protocol?: string;
                };
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Play"];
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close the publisher and all viewers */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/ingest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a stream: wait for its publisher, or pull it */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["IngestRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ingest"];
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ingests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All ingests */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            ingests: components["schemas"]["Ingest"][];
                        };
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ingests/{stream_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One ingest */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ingest"];
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Stop an ingest, and its stream with it */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send the stream on to another server */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PushRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Push"];
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/pushes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the stream is sent on to */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            pushes: components["schemas"]["Push"][];
                        };
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/streams/{stream_id}/pushes/{push_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Stop sending the stream on */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                    push_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/protocols": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every enabled protocol and its counters */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            protocols: components["schemas"]["Protocol"][];
                        };
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every media node, and how it batches its work */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            nodes: components["schemas"]["Node"][];
                        };
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Version, uptime, memory, delay */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Server"];
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether every enabled protocol listens */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                        };
                    };
                };
                /** @description What is wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
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
        /** @description RFC 9457 problem document */
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @description For people */
            detail: string;
            /**
             * @description Stable; docs/errors.md explains each
             * @enum {string}
             */
            code: "STREAM_NOT_FOUND" | "STREAM_BUSY" | "STREAM_ENDED" | "STREAM_ID_INVALID" | "STREAM_NOT_READY" | "STREAM_LIMIT" | "REQUEST_INVALID" | "REQUEST_TOO_LARGE" | "MEDIA_TYPE_UNSUPPORTED" | "URL_INVALID" | "METHOD_NOT_ALLOWED" | "ROUTE_NOT_FOUND" | "SEGMENT_NOT_FOUND" | "RANGE_INVALID" | "INGEST_NOT_FOUND" | "PUSH_NOT_FOUND" | "PROTOCOL_DISABLED" | "PROTOCOL_UNSUPPORTED" | "CODEC_UNSUPPORTED" | "NOT_ALLOWED" | "CONFIG_INVALID" | "PORT_IN_USE" | "PROTOCOL_ERROR" | "UPSTREAM_FAILED" | "TIMED_OUT" | "STORAGE_FAILED" | "NOT_READY" | "INTERNAL";
            request_id?: string;
        };
        Ingest: {
            stream_id: string;
            protocol: string;
            /** @enum {string} */
            state: "waiting" | "connecting" | "connected" | "retrying" | "closed";
            attempts: number;
            last_error?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            next_attempt_at?: string;
            /** @description Where to publish, if the stream comes from a publisher */
            publish_url?: string;
            /** @description Where it is pulled from, without secrets */
            url?: string;
        };
        Push: {
            id: string;
            stream_id: string;
            /** @description Without user, password and query */
            url: string;
            /** @enum {string} */
            state: "waiting" | "connecting" | "connected" | "retrying" | "closed";
            attempts: number;
            last_error?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            next_attempt_at?: string;
        };
        Track: {
            id: number;
            /** @enum {string} */
            kind: "video" | "audio";
            codec: string;
            /** @description RFC 6381 */
            codec_string: string;
            profile?: string;
            width?: number;
            height?: number;
            sample_rate?: number;
            channels?: number;
            /** @description Bits per second, measured */
            bitrate: number;
            /** @description Frames per second, measured */
            frame_rate: number;
            samples: number;
            bytes: number;
            key_frames: number;
        };
        StreamSummary: {
            stream_id: string;
            /**
             * @description `waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back
             * @enum {string}
             */
            state: "waiting" | "discovering" | "live" | "interrupted" | "ended";
            /** @description The publisher's, or the ingest's */
            protocol?: string;
            publisher?: {
                peer: string;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                since: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339
             */
            created_at?: string;
            /** @description Seconds */
            uptime_seconds: number;
            tracks: components["schemas"]["Track"][];
            /** @description Bits per second of all tracks */
            bitrate: number;
            viewers: {
                count: number;
                by_protocol: {
                    [key: string]: number;
                };
            };
            notes: string[];
            ingest?: components["schemas"]["Ingest"];
        };
        HistoryEntry: {
            /**
             * Format: date-time
             * @description RFC 3339
             */
            at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            last_at: string;
            step: string;
            detail: string;
            /** @description How often in a row */
            count: number;
        };
        StreamDetail: {
            stream_id: string;
            /**
             * @description `waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back
             * @enum {string}
             */
            state: "waiting" | "discovering" | "live" | "interrupted" | "ended";
            /** @description The publisher's, or the ingest's */
            protocol?: string;
            publisher?: {
                peer: string;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                since: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339
             */
            created_at?: string;
            /** @description Seconds */
            uptime_seconds: number;
            tracks: components["schemas"]["Track"][];
            /** @description Bits per second of all tracks */
            bitrate: number;
            viewers: {
                count: number;
                by_protocol: {
                    [key: string]: number;
                };
            };
            notes: string[];
            ingest?: components["schemas"]["Ingest"];
            /** @description The time line of what happened to the stream, oldest first */
            history: components["schemas"]["HistoryEntry"][];
            pushes: components["schemas"]["Push"][];
        };
        StreamStats: {
            stream_id: string;
            /**
             * @description `waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back
             * @enum {string}
             */
            state: "waiting" | "discovering" | "live" | "interrupted" | "ended";
            /** @description Seconds */
            uptime_seconds: number;
            bytes_in: number;
            bytes_out: number;
            /** @description Bits per second of all tracks */
            bitrate: number;
            /** @description Cached for viewers to come */
            gop_bytes: number;
            viewers: {
                count: number;
                by_protocol: {
                    [key: string]: number;
                };
            };
            tracks: components["schemas"]["Track"][];
        };
        Viewer: {
            id: string;
            protocol: string;
            peer: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            since: string;
            bytes_sent: number;
        };
        IngestRequest: {
            /** @enum {string} */
            protocol: "rtmp" | "rtsp" | "gb28181" | "srt" | "webrtc";
            /** @description Needed where it does not follow from the source */
            stream_id?: string;
            /** @description The member named as the protocol is used; others' are let pass */
            source: {
                /** @description `app` and `stream` to wait for a publisher, or `url` to pull */
                rtmp?: {
                    app?: string;
                    stream?: string;
                    url?: string;
                };
                /** @description A camera to pull from; `rtsp://` or `rtsps://` */
                rtsp?: {
                    url: string;
                    /**
                     * @description `auto`: UDP, and TCP where nothing comes by it
                     * @enum {string}
                     */
                    transport?: "auto" | "tcp" | "udp";
                    username?: string;
                    password?: string;
                    /** @description Connect with the first viewer, and leave after the last */
                    on_demand?: boolean;
                    /** @description The kind of camera, where it is not found out */
                    profile?: string;
                };
                gb28181?: {
                    device_id: string;
                    channel_id: string;
                };
                srt?: {
                    url: string;
                };
            };
        };
        PushRequest: {
            url: string;
        };
        Play: {
            stream_id: string;
            /** @description By format */
            urls: {
                [key: string]: string;
            };
        };
        Protocol: {
            protocol: string;
            listening: string[];
            connections: number;
            publishers: number;
            viewers: number;
            bytes_in: number;
            bytes_out: number;
            /** @description Turned away, by error code */
            refused: {
                [key: string]: number;
            };
        };
        /** @description A media node: a process that receives and sends media */
        Node: {
            name: string;
            pid: number;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            started_at: string;
            /** @description Resident */
            memory_bytes: number;
            /** @description CPU time since its start */
            cpu_seconds: number;
            /** @description That are published or pulled on it */
            streams: number;
            /** @description That it fetches from other nodes */
            relays: number;
            /** @description Between turns of the event loop while they are spaced; 0 while they are not */
            turn_interval_ms: number;
            /** @description For which frames are gathered */
            flush_interval_ms: number;
            /** @description That a flush takes */
            flush_duration_ms: number;
            /** @description That a flush sends, to all viewers together */
            flush_bytes: number;
            /** @description How late timers ran, 99th percentile of a minute */
            event_loop_delay_ms: number;
        };
        Server: {
            version: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            started_at: string;
            /** @description Seconds */
            uptime_seconds: number;
            /** @description Resident, of this process alone; `/nodes` has the media nodes */
            memory_bytes: number;
            /** @description Used by JavaScript */
            heap_bytes: number;
            /** @description Of media and sockets, outside the heap */
            buffer_bytes: number;
            /** @description How late timers ran, 99th percentile of a minute */
            event_loop_delay_ms: number;
            streams: number;
            /** @description Where `/flv` and `/hls` are served */
            media_port: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Problem = components['schemas']['Problem'];
export type Ingest = components['schemas']['Ingest'];
export type Push = components['schemas']['Push'];
export type Track = components['schemas']['Track'];
export type StreamSummary = components['schemas']['StreamSummary'];
export type HistoryEntry = components['schemas']['HistoryEntry'];
export type StreamDetail = components['schemas']['StreamDetail'];
export type StreamStats = components['schemas']['StreamStats'];
export type Viewer = components['schemas']['Viewer'];
export type IngestRequest = components['schemas']['IngestRequest'];
export type PushRequest = components['schemas']['PushRequest'];
export type Play = components['schemas']['Play'];
export type Protocol = components['schemas']['Protocol'];
export type Node = components['schemas']['Node'];
export type Server = components['schemas']['Server'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
