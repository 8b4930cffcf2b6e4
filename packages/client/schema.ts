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
                    /**
                     * @description What the player knows; the addresses are those of a form of the stream that it can play
                     * @example avc1.64001f,mp4a.40.2
                     */
                    codecs?: string;
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
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
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
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
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
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
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
    "/api/v1/streams/{stream_id}/record": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Record the stream from now on */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RecordRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActiveRecording"];
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
        /** Record the stream no longer */
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
    "/api/v1/recordings/active": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is being recorded */
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
                            recordings: components["schemas"]["ActiveRecording"][];
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
    "/api/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recorded files, oldest first */
        get: {
            parameters: {
                query?: {
                    /** @description Id of the stream */
                    stream_id?: string;
                    state?: "recording" | "finished";
                    /** @description RFC 3339 */
                    from?: string;
                    /** @description RFC 3339 */
                    to?: string;
                    limit?: number;
                    offset?: number;
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
                            recordings: components["schemas"]["Recording"][];
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
    "/api/v1/recordings/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The days of a month on which something was recorded, for a calendar */
        get: {
            parameters: {
                query: {
                    /** @example 2026-11 */
                    month: string;
                    /**
                     * @description Of the IANA's database
                     * @example Asia/Shanghai
                     */
                    time_zone?: string;
                    /** @description Id of the stream */
                    stream_id?: string;
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
                            /** @description On which something was recorded */
                            days: string[];
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
    "/api/v1/recordings/export.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A stretch of time as one MP4 file
         * @description It begins with the key frame at or before `from`.
         */
        get: {
            parameters: {
                query: {
                    /** @description Id of the stream */
                    stream_id: string;
                    /** @description RFC 3339 */
                    from: string;
                    /** @description RFC 3339 */
                    to: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
    "/api/v1/recordings/index.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A stretch of time as an HLS playlist */
        get: {
            parameters: {
                query: {
                    /** @description Id of the stream */
                    stream_id: string;
                    /** @description RFC 3339 */
                    from: string;
                    /** @description RFC 3339 */
                    to: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
    "/api/v1/recordings/{recording_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One recorded file */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
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
                        "application/json": components["schemas"]["Recording"];
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
        /** Delete a recorded file */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
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
        /** Hold a recorded file, or let it go */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HoldRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Recording"];
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
        trace?: never;
    };
    "/api/v1/recordings/{recording_id}/media.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file itself, where it is MP4 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
    "/api/v1/recordings/{recording_id}/media.flv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file itself, where it is FLV */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
    "/api/v1/recordings/{recording_id}/media.ts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The file itself, where it is TS */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
    "/api/v1/recordings/{recording_id}/init.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What stands before the fragments of an MP4 file, for the HLS playlist */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
    "/api/v1/recordings/{recording_id}/segment-{start}-{end}.m4s": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A segment of the HLS playlist */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
                    /** @description Of its bytes in the file */
                    start: number;
                    /** @description Behind them */
                    end: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
    "/api/v1/recordings/{recording_id}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed manifest of a finished file */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    recording_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
    "/api/v1/streams/{stream_id}/snapshot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture of the stream */
        get: {
            parameters: {
                query?: {
                    /** @description `keyframe`: the last key frame; `decode`: the newest frame; `auto`: one not older than `max_age`, else the last key frame, else the last good picture */
                    mode?: "auto" | "keyframe" | "decode";
                    /** @description Pixels; alone, it keeps the aspect */
                    width?: number;
                    /** @description Pixels; alone, it keeps the aspect */
                    height?: number;
                    format?: "jpeg" | "png" | "webp";
                    /** @description Of JPEG and WebP */
                    quality?: number;
                    /** @description Any number: a browser asks anew for an address that is another */
                    turn?: number;
                    /** @description Seconds that a picture made for somebody else may be old; 2 for `auto`, else 0 */
                    max_age?: number;
                    /** @description The picture that was recorded at this time (RFC 3339): the key frame at or before it, with `mode=decode` the very frame */
                    at?: string;
                    /** @description The last picture that there is will do, also of a stream that is not live */
                    allow_stale?: boolean;
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
                /** @description The picture */
                200: {
                    headers: {
                        /** @description Where it came from; `last`: a newer one could not be had; `recording`: it was asked for by its time */
                        "X-Snapshot-Path"?: unknown;
                        /** @description When it reached the server, also of what was recorded then */
                        "X-Snapshot-Time"?: unknown;
                        /** @description Seconds since then */
                        "X-Snapshot-Age"?: unknown;
                        /** @description Pixels */
                        "X-Snapshot-Width"?: unknown;
                        /** @description Pixels */
                        "X-Snapshot-Height"?: unknown;
                        /** @description Of `last`: the code of what kept a newer one from being had */
                        "X-Snapshot-Reason"?: unknown;
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": string;
                        "image/png": string;
                        "image/webp": string;
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
    "/api/v1/streams/{stream_id}/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why the stream has no picture: which step is missing, what was seen instead, what to change */
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
                        "application/json": components["schemas"]["Diagnosis"];
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
    "/api/v1/gb28181/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All devices of the tenant that have registered, by id */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
                    /** @description In the id or the name */
                    q?: string;
                    online?: boolean;
                    tenant?: string;
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
                            devices: components["schemas"]["Gb28181Device"][];
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
    "/api/v1/gb28181/devices/{device_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One device */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
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
                        "application/json": components["schemas"]["Gb28181Device"];
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
        /** Forget the device until it registers again; it stays its tenant’s */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
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
        /** Give the device to a tenant; what is fetched from it for another ends */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Gb28181DeviceChange"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Gb28181Device"];
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
        trace?: never;
    };
    "/api/v1/gb28181/devices/{device_id}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask the device anew what it is and which channels it has */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
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
                        "application/json": components["schemas"]["Gb28181Device"];
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
    "/api/v1/gb28181/devices/{device_id}/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The entries of the device's catalog, with the one above each */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
                    /** @description In the id or the name */
                    q?: string;
                    kind?: string;
                    /** @description 20 digits, mostly */
                    parent_id?: string;
                };
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
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
                            channels: components["schemas"]["Gb28181Channel"][];
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
    "/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/ptz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Order the channel something: to move, to go to a preset, to record, … */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    /** @description 20 digits, mostly */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Gb28181Order"];
                };
            };
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
    "/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/presets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The presets that the device knows */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    /** @description 20 digits, mostly */
                    channel_id: string;
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
                            presets: components["schemas"]["Gb28181Preset"][];
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
    "/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the device recorded of the channel in that time */
        get: {
            parameters: {
                query: {
                    /** @description RFC 3339 */
                    from: string;
                    /** @description RFC 3339 */
                    to: string;
                };
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    /** @description 20 digits, mostly */
                    channel_id: string;
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
                            records: components["schemas"]["Gb28181Record"][];
                            /** @description Whether all came that the device announced */
                            complete: boolean;
                            total: number;
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
    "/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the channel, or the device itself, is configured; the order `configure` changes it */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description One or several of BasicParam, VideoParamOpt, SVACEncodeConfig, SVACDecodeConfig, OSDConfig, PictureMask, FrameMirror, AlarmReport, SnapShotConfig, with commas between; BasicParam if left out
                     * @example BasicParam,VideoParamOpt
                     */
                    kinds?: string;
                };
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    /** @description 20 digits, mostly */
                    channel_id: string;
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
                            /** @description By kind, with the standard's names; what the device does not have is left out */
                            configuration: {
                                [key: string]: unknown;
                            };
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
    "/api/v1/gb28181/devices/{device_id}/subscriptions/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Ask the device to tell of alarms, positions, or changes of its catalog */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    kind: "catalog" | "alarm" | "position";
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
                        "application/json": components["schemas"]["Gb28181Subscription"];
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
        post?: never;
        /** Ask the device to tell of it no more */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    kind: "catalog" | "alarm" | "position";
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
    "/api/v1/gb28181/platforms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The platforms above, with which this one registers as a device */
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
                            platforms: components["schemas"]["Gb28181Platform"][];
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
    "/api/v1/gb28181/platforms/{platform_name}/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The streams that a platform above is shown as channels */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
                    /** @description In the id or the name */
                    q?: string;
                };
                header?: never;
                path: {
                    /** @description Of the configuration */
                    platform_name: string;
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
                            channels: components["schemas"]["Gb28181SharedChannel"][];
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
    "/api/v1/gb28181/playbacks/{stream_id}/control": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause, resume, seek, speed up or stop a recording that is played as this stream */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path: {
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Gb28181PlaybackAction"];
                };
            };
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
    "/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/broadcast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The present talk to the channel or the one before, and why the device hears nothing */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    /** @description 20 digits, mostly */
                    channel_id: string;
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
                        "application/json": components["schemas"]["Gb28181Voice"];
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
        /** Let the channel hear the sound of a stream; answered when the device takes it */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    /** @description 20 digits, mostly */
                    channel_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Gb28181VoiceRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Gb28181Voice"];
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
        /** End the talk to the channel */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description 20 digits, mostly */
                    device_id: string;
                    /** @description 20 digits, mostly */
                    channel_id: string;
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
    "/api/v1/gb28181/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What devices told, alarms and positions and the rest, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description 20 digits, mostly */
                    device_id?: string;
                    /** @description 20 digits, mostly */
                    channel_id?: string;
                    kind?: "device-online" | "device-offline" | "catalog-changed" | "alarm" | "position" | "notification";
                    /** @description RFC 3339 */
                    from?: string;
                    /** @description RFC 3339 */
                    to?: string;
                    limit?: number;
                    offset?: number;
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
                            events: components["schemas"]["Gb28181Event"][];
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
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a session of the page; its cookie comes with the answer */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Login"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
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
    "/api/v1/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is asking */
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
                        "application/json": components["schemas"]["Session"];
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
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path?: never;
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
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the own password; all sessions of the user but a new one end */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordChange"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
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
    "/api/v1/streams/{stream_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest tokens of this stream, without what is secret of them */
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
                            items: {
                                id: string;
                                /** @enum {string} */
                                action: "play" | "publish";
                                address?: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339
                                 */
                                created_at: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339
                                 */
                                expires_at: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339
                                 */
                                revoked_at?: string;
                            }[];
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
        /** Make a token to play or to publish this stream */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    stream_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StreamTokenRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StreamToken"];
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
    "/api/v1/streams/{stream_id}/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token; what was begun by it ends */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    stream_id: string;
                    token_id: string;
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
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users, by name */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
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
                            items: components["schemas"]["User"][];
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
        /** Add a user */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UserRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
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
    "/api/v1/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user */
        get: {
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
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
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
        /** Remove a user, with its keys; ends its sessions */
        delete: {
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
        /** Change role, password or whether the user may come in; ends its sessions where that takes rights away */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UserChange"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
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
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API keys, the oldest first */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
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
                            items: components["schemas"]["ApiKey"][];
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
        /** Make an API key, which is shown in this answer and never again */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ApiKeyRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewApiKey"];
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
    "/api/v1/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One API key */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key_id: string;
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
                        "application/json": components["schemas"]["ApiKey"];
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
        /** Revoke an API key; what was begun by it or by its tokens ends */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key_id: string;
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
    "/api/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tenants, by id */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
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
                            items: components["schemas"]["Tenant"][];
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
        /** Add a tenant */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TenantRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Tenant"];
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
    "/api/v1/tenants/{tenant_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tenant */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant_id: string;
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
                        "application/json": components["schemas"]["Tenant"];
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
        /** Remove a tenant with its users, keys and tokens; ends what they began */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant_id: string;
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
        /** Change name, limits or apps, or whether it is active; one that is not loses all its sessions */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    tenant_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TenantChange"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Tenant"];
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
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each tenant used on each day; a month of days where none are named; as JSON or CSV. And, in JSON, what it has at present */
        get: {
            parameters: {
                query?: {
                    /** @description Of UTC */
                    from?: string;
                    /** @description Of UTC */
                    to?: string;
                    tenant?: string;
                    format?: "json" | "csv";
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
                            items: components["schemas"]["Usage"][];
                            /** @description What each tenant has at present, and what it may have */
                            current: components["schemas"]["TenantLoad"][];
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
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes and refused attempts, the newest first */
        get: {
            parameters: {
                query?: {
                    actor?: string;
                    action?: string;
                    target?: string;
                    result?: "ok" | "refused" | "failed";
                    request_id?: string;
                    tenant?: string;
                    /** @description RFC 3339 */
                    since?: string;
                    /** @description RFC 3339 */
                    until?: string;
                    limit?: number;
                    offset?: number;
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
                            items: components["schemas"]["AuditEntry"][];
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
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that match, as CSV or as one JSON document a line */
        get: {
            parameters: {
                query?: {
                    actor?: string;
                    action?: string;
                    target?: string;
                    result?: "ok" | "refused" | "failed";
                    request_id?: string;
                    tenant?: string;
                    /** @description RFC 3339 */
                    since?: string;
                    /** @description RFC 3339 */
                    until?: string;
                    format?: "json" | "csv";
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
                    content?: never;
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
    "/api/v1/hooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All hooks, with how their deliveries fare */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
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
                            items: components["schemas"]["Hook"][];
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
        /** Add a hook; the answer has its secret, this once */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HookRequest"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Hook"];
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
    "/api/v1/hooks/{hook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One hook */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hook_id: string;
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
                        "application/json": components["schemas"]["Hook"];
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
        /** Remove a hook, with what waits for it */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hook_id: string;
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
        /** Change a hook; what is left out stays */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hook_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["HookChange"];
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Hook"];
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
        trace?: never;
    };
    "/api/v1/hooks/{hook_id}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What could not be delivered, the oldest first */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    offset?: number;
                };
                header?: never;
                path: {
                    hook_id: string;
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
                            items: components["schemas"]["DeadLetter"][];
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
    "/api/v1/hooks/{hook_id}/dead-letters/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deliver all dead letters of a hook anew */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path: {
                    hook_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            replayed: number;
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hooks/{hook_id}/dead-letters/{letter_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deliver one dead letter anew */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
                path: {
                    hook_id: string;
                    letter_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            replayed: number;
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hooks/{hook_id}/dead-letters/{letter_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget a dead letter */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    hook_id: string;
                    letter_id: string;
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
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, as server-sent events
         * @description The data of an event is `{type, timestamp, data}` as hooks get it. A client that comes back with `Last-Event-ID` is told what it missed; one that missed too much is told `reset` and reads anew what there is.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only these, separated by commas: `stream-started`, `stream-ready`, `stream-changed`, `stream-ended`, `recording-finished`, `recording-alarm`, `device-online`, `device-offline`, `alarm`, `node-online`, `node-offline` */
                    types?: string;
                    /** @description Only of this stream */
                    stream_id?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Events without end */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
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
    "/api/v1/config/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the configuration anew; streams and viewers go on */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    "idempotency-key"?: string;
                };
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
                        "application/json": components["schemas"]["Reload"];
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
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures for Prometheus */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Text exposition format 0.0.4 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
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
            code: "STREAM_NOT_FOUND" | "STREAM_BUSY" | "STREAM_ENDED" | "STREAM_ID_INVALID" | "STREAM_NOT_READY" | "STREAM_LIMIT" | "REQUEST_INVALID" | "REQUEST_TOO_LARGE" | "MEDIA_TYPE_UNSUPPORTED" | "URL_INVALID" | "RATE_LIMITED" | "IDEMPOTENCY_KEY_REUSED" | "IDEMPOTENCY_KEY_BUSY" | "METHOD_NOT_ALLOWED" | "ROUTE_NOT_FOUND" | "SEGMENT_NOT_FOUND" | "RELOAD_TIMED_OUT" | "WAITING_LIMIT" | "RANGE_INVALID" | "INGEST_NOT_FOUND" | "PUSH_NOT_FOUND" | "DEVICE_NOT_FOUND" | "DEVICE_OFFLINE" | "DEVICE_REFUSED" | "PROTOCOL_DISABLED" | "PROTOCOL_UNSUPPORTED" | "CODEC_UNSUPPORTED" | "NOT_PLAYABLE" | "UNAUTHENTICATED" | "CSRF_TOKEN_INVALID" | "TENANT_LIMIT" | "TOO_MANY_ATTEMPTS" | "ACCOUNT_NOT_FOUND" | "NAME_TAKEN" | "NOT_ALLOWED" | "REDIRECTED" | "HOOK_FAILED" | "HOOK_NOT_FOUND" | "HOOK_LIMIT" | "CONFIG_INVALID" | "PORT_IN_USE" | "PROTOCOL_ERROR" | "UPSTREAM_FAILED" | "TIMED_OUT" | "SNAPSHOT_BUSY" | "PICTURE_UNDECODABLE" | "DECODER_FAILED" | "TRANSCODE_LIMIT" | "TRANSCODE_FAILED" | "STORAGE_FAILED" | "STORAGE_FULL" | "RECORDING_NOT_FOUND" | "RECORDING_HELD" | "RECORDING_ACTIVE" | "BUS_FULL" | "BACKUP_FAILED" | "NOT_READY" | "INTERNAL";
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
                /** @description A channel of a registered device; with `from` and `to` what it recorded then, with `download_speed` as fast as that */
                gb28181?: {
                    device_id: string;
                    channel_id: string;
                    /**
                     * @description Left out: what the device sends unasked
                     * @enum {string}
                     */
                    stream?: "main" | "sub";
                    /**
                     * @description `tcp-passive` waits for the device to connect
                     * @enum {string}
                     */
                    transport?: "udp" | "tcp-passive" | "tcp-active";
                    /** @description Ask with the first viewer, and end after the last; yes if left out */
                    on_demand?: boolean;
                    /**
                     * Format: date-time
                     * @description RFC 3339
                     */
                    from?: string;
                    /**
                     * Format: date-time
                     * @description RFC 3339
                     */
                    to?: string;
                    download_speed?: number;
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
            /**
             * @description Whose addresses these are: the stream, or what is made of it for the codecs
             * @example cam1.h264
             */
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
        /**
         * @example {
         *       "username": "admin",
         *       "password": "correct horse battery"
         *     }
         */
        Login: {
            username: string;
            password: string;
        };
        Session: {
            user: {
                name: string;
                /**
                 * @description `viewer` < `operator` < `administrator`
                 * @enum {string}
                 */
                role: "viewer" | "operator" | "administrator";
                tenant: string;
            };
            /** @description For the header X-CSRF-Token of every change; not with an API key */
            csrf_token?: string;
        };
        PasswordChange: {
            /** @description Of a user who has one already */
            current_password?: string;
            password: string;
        };
        User: {
            id: string;
            name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            role: "viewer" | "operator" | "administrator";
            tenant: string;
            active: boolean;
            has_password: boolean;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            created_at: string;
        };
        /**
         * @example {
         *       "name": "ada",
         *       "role": "operator",
         *       "password": "correct horse battery"
         *     }
         */
        UserRequest: {
            /** @description Written small */
            name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            role: "viewer" | "operator" | "administrator";
            password?: string;
            tenant?: string;
        };
        UserChange: {
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            role?: "viewer" | "operator" | "administrator";
            password?: string;
            active?: boolean;
        };
        ApiKey: {
            id: string;
            name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            role: "viewer" | "operator" | "administrator";
            tenant: string;
            /** @description How it begins */
            hint: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            expires_at?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            used_at?: string;
        };
        NewApiKey: {
            id: string;
            name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            role: "viewer" | "operator" | "administrator";
            tenant: string;
            /** @description How it begins */
            hint: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            expires_at?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            used_at?: string;
            /** @description Shown this once */
            key: string;
        };
        /**
         * @example {
         *       "name": "nightly backup",
         *       "role": "viewer",
         *       "expires_in": 2592000
         *     }
         */
        ApiKeyRequest: {
            name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            role: "viewer" | "operator" | "administrator";
            /** @description Seconds; left out: it does not expire */
            expires_in?: number;
            tenant?: string;
        };
        /**
         * @example {
         *       "action": "play",
         *       "expires_in": 300
         *     }
         */
        StreamTokenRequest: {
            /** @enum {string} */
            action: "play" | "publish";
            /** @description Seconds in which it can be used to begin */
            expires_in?: number;
            /** @description The only IP address it is good from */
            address?: string;
        };
        StreamToken: {
            id: string;
            /** @description `?token=` of an address, or a bearer; in RTSP user and password */
            token: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            expires_at: string;
        };
        Tenant: {
            id: string;
            name: string;
            active: boolean;
            /** @description Streams at once; left out: no limit */
            max_streams?: number;
            /** @description Viewers at once; left out: no limit */
            max_viewers?: number;
            /** @description Bits a second that its publishers bring together; left out: no limit */
            max_bitrate?: number;
            /** @description Bytes of its recordings; left out: no limit */
            max_storage_bytes?: number;
            /** @description Streams that are made of others at once; left out: no limit */
            max_transcodes?: number;
            /** @description Their streams are the tenant’s */
            apps: string[];
            /**
             * Format: date-time
             * @description RFC 3339
             */
            created_at: string;
        };
        /**
         * @example {
         *       "id": "acme",
         *       "apps": [
         *         "acme"
         *       ],
         *       "max_bitrate": 100000000,
         *       "max_storage_bytes": 2000000000000
         *     }
         */
        TenantRequest: {
            id: string;
            name?: string;
            active?: boolean;
            /** @description Streams at once; null takes the limit away */
            max_streams?: number | null;
            /** @description Viewers at once; null takes the limit away */
            max_viewers?: number | null;
            /** @description Bits a second that its publishers bring together; null takes the limit away */
            max_bitrate?: number | null;
            /** @description Bytes of its recordings; null takes the limit away */
            max_storage_bytes?: number | null;
            /** @description Streams that are made of others at once; null takes the limit away */
            max_transcodes?: number | null;
            apps?: string[];
        };
        TenantChange: {
            name?: string;
            active?: boolean;
            /** @description Streams at once; null takes the limit away */
            max_streams?: number | null;
            /** @description Viewers at once; null takes the limit away */
            max_viewers?: number | null;
            /** @description Bits a second that its publishers bring together; null takes the limit away */
            max_bitrate?: number | null;
            /** @description Bytes of its recordings; null takes the limit away */
            max_storage_bytes?: number | null;
            /** @description Streams that are made of others at once; null takes the limit away */
            max_transcodes?: number | null;
            apps?: string[];
        };
        Usage: {
            tenant: string;
            /** @description Of UTC */
            day: string;
            gigabytes_in: number;
            gigabytes_out: number;
            publish_minutes: number;
            play_minutes: number;
            /** @description Of recordings, the most at one time of that day */
            gigabytes_stored: number;
        };
        TenantLoad: {
            tenant: string;
            streams: number;
            viewers: number;
            transcodes: number;
            /** @description Bits a second that come in */
            bitrate: number;
            /** @description Of its recordings, also of those that are being written */
            storage_bytes: number;
            /** @description Streams at once; left out: no limit */
            max_streams?: number;
            /** @description Viewers at once; left out: no limit */
            max_viewers?: number;
            /** @description Bits a second that its publishers bring together; left out: no limit */
            max_bitrate?: number;
            /** @description Bytes of its recordings; left out: no limit */
            max_storage_bytes?: number;
            /** @description Streams that are made of others at once; left out: no limit */
            max_transcodes?: number;
        };
        AuditEntry: {
            sequence: number;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            at: string;
            /** @description Who */
            actor: string;
            actor_id?: string;
            tenant?: string;
            /** @description What */
            action: string;
            /** @description On what */
            target: string;
            /** @description From where */
            address: string;
            /** @enum {string} */
            result: "ok" | "refused" | "failed";
            code?: string;
            request_id?: string;
            details?: {
                [key: string]: unknown;
            };
            /** @description Of this entry and all before it */
            hash: string;
        };
        /** @description Without a secret, one is made */
        HookRequest: {
            /** @description `https://…` or `http://…` */
            url: string;
            /** @description What it is told of */
            events?: ("publish" | "play" | "stop" | "stream-started" | "stream-ready" | "stream-changed" | "stream-closed" | "recording-finished" | "recording-alarm" | "device-online" | "device-offline" | "alarm" | "node-online" | "node-offline")[];
            /** @description What it is asked for before anybody may do it; where it gives no answer, nobody may */
            decides?: ("publish" | "play")[];
            /** @description Only for streams of these apps; empty: for all */
            apps?: string[];
            /** @description `whsec_` and base64, or any other text of 24 characters and more */
            secret?: string;
            /** @description Seconds that it is given to answer */
            timeout_seconds?: number;
            enabled?: boolean;
            description?: string;
        };
        HookChange: {
            /** @description `https://…` or `http://…` */
            url?: string;
            /** @description What it is told of */
            events?: ("publish" | "play" | "stop" | "stream-started" | "stream-ready" | "stream-changed" | "stream-closed" | "recording-finished" | "recording-alarm" | "device-online" | "device-offline" | "alarm" | "node-online" | "node-offline")[];
            /** @description What it is asked for before anybody may do it; where it gives no answer, nobody may */
            decides?: ("publish" | "play")[];
            /** @description Only for streams of these apps; empty: for all */
            apps?: string[];
            /** @description `whsec_` and base64, or any other text of 24 characters and more */
            secret?: string;
            /** @description Seconds that it is given to answer */
            timeout_seconds?: number;
            enabled?: boolean;
            description?: string;
        };
        Hook: {
            id: string;
            url: string;
            /** @description What it is told of */
            events: ("publish" | "play" | "stop" | "stream-started" | "stream-ready" | "stream-changed" | "stream-closed" | "recording-finished" | "recording-alarm" | "device-online" | "device-offline" | "alarm" | "node-online" | "node-offline")[];
            /** @description What it is asked for before anybody may do it; where it gives no answer, nobody may */
            decides: ("publish" | "play")[];
            /** @description Only for streams of these apps; empty: for all */
            apps: string[];
            /** @description Seconds that it is given to answer */
            timeout_seconds: number;
            enabled: boolean;
            description: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            created_at: string;
            /** @description It is of the configuration, and is changed there */
            configured: boolean;
            /** @description In the answer that made it or changed it, and never again */
            secret?: string;
            /** @description Since the server was started */
            deliveries: {
                delivered: number;
                /** @description Attempts that failed */
                failures: number;
                /** @description That were given up */
                dead: number;
                waiting: number;
                last_error?: string;
            };
        };
        DeadLetter: {
            /** @description The message's, the same in all attempts */
            id: string;
            /** @enum {string} */
            type: "publish" | "play" | "stop" | "stream-started" | "stream-ready" | "stream-changed" | "stream-closed" | "recording-finished" | "recording-alarm" | "device-online" | "device-offline" | "alarm" | "node-online" | "node-offline";
            attempts: number;
            /** @description Of the last attempt */
            error: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            failed_at: string;
            /** @description As it was to be sent */
            body: string;
        };
        Recording: {
            id: string;
            stream_id: string;
            /** @description The same for files that go on from one another */
            session: string;
            /** @enum {string} */
            state: "recording" | "finished";
            /**
             * @description `fmp4`: MP4 of fragments
             * @enum {string}
             */
            format: "fmp4" | "flv" | "ts";
            /**
             * Format: date-time
             * @description RFC 3339
             */
            started_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            ended_at: string;
            duration_seconds: number;
            /** @description Bytes */
            size: number;
            tracks: {
                /** @enum {string} */
                kind: "video" | "audio";
                codec: string;
                /** @description RFC 6381 */
                codec_string: string;
                width?: number;
                height?: number;
                sample_rate?: number;
                channels?: number;
            }[];
            /** @description What was not recorded */
            gaps: {
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                to: string;
                reason: string;
            }[];
            end_reason?: string;
            /** @description It is deleted by nothing and nobody */
            held: boolean;
            /** @description In the storage */
            path: string;
            /** @description Of its file */
            url: string;
        };
        ActiveRecording: {
            stream_id: string;
            /**
             * @description `fmp4`: MP4 of fragments
             * @enum {string}
             */
            format: "fmp4" | "flv" | "ts";
            /**
             * @description `waiting` for a key frame, or for room
             * @enum {string}
             */
            state: "recording" | "waiting";
            /**
             * Format: date-time
             * @description RFC 3339
             */
            since: string;
            /** @enum {string} */
            origin: "rule" | "request";
            /** @description Of the file at hand */
            recording_id?: string;
            /** @description Bytes of the file at hand */
            size?: number;
            last_error?: string;
        };
        RecordRequest: {
            /**
             * @description `fmp4`: MP4 of fragments
             * @enum {string}
             */
            format?: "fmp4" | "flv" | "ts";
            /** @description A file ends at the first key frame after it */
            file_seconds?: number;
            file_bytes?: number;
        };
        HoldRequest: {
            held: boolean;
        };
        Gb28181Subscription: {
            /** @enum {string} */
            kind: "catalog" | "alarm" | "position";
            /** @enum {string} */
            state: "asked" | "active" | "refused" | "ended";
            /**
             * Format: date-time
             * @description RFC 3339
             */
            expires_at?: string;
            error?: string;
        };
        Gb28181Device: {
            id: string;
            name: string;
            /** @description Whose it is: its streams are in an app of that tenant */
            tenant: string;
            online: boolean;
            /**
             * @description Of its signalling
             * @enum {string}
             */
            transport: "udp" | "tcp";
            /** @description Where its packets come from */
            address: string;
            user_agent?: string;
            /** @description The year of the standard that it follows */
            version?: string;
            manufacturer?: string;
            model?: string;
            firmware?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            registered_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            last_seen_at: string;
            /** @description Whether it says that it works as it should */
            well?: boolean;
            fault?: string;
            recording?: boolean;
            /** @description Cameras */
            channels: number;
            channels_online: number;
            catalog: {
                /** @enum {string} */
                state: "none" | "asked" | "complete" | "incomplete" | "failed";
                /** @description Entries that the device announced */
                total?: number;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                at?: string;
                error?: string;
            };
            subscriptions: components["schemas"]["Gb28181Subscription"][];
        };
        /**
         * @example {
         *       "tenant": "acme"
         *     }
         */
        Gb28181DeviceChange: {
            tenant: string;
        };
        Gb28181Channel: {
            id: string;
            name: string;
            /** @description What its picture is called where it is asked for without a name */
            stream_id?: string;
            /** @enum {string} */
            kind: "camera" | "alarm" | "voice" | "device" | "group" | "organisation" | "district";
            online: boolean;
            /** @description The entry above it */
            parent_id?: string;
            manufacturer?: string;
            model?: string;
            address?: string;
            civil_code?: string;
            /** @description 1 dome, 2 hemisphere, 3 fixed, 4 fixed with remote control */
            ptz_type?: number;
            longitude?: number;
            latitude?: number;
        };
        Gb28181Record: {
            name: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            from: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            to: string;
            file_path?: string;
            type?: string;
            bytes?: number;
        };
        Gb28181Event: {
            kind: string;
            device_id: string;
            channel_id?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            at: string;
            detail: {
                [key: string]: unknown;
            };
        };
        Gb28181Preset: {
            number: number;
            name: string;
        };
        Gb28181Order: {
            /**
             * @description `move` with `pan`, `tilt`, `zoom` and their speeds, until `stop`; `preset` with `action` and `preset`; …: docs/gb28181.md has them all
             * @enum {string}
             */
            order: "move" | "stop" | "lens" | "preset" | "cruise" | "scan" | "auxiliary" | "home" | "drag-zoom" | "guard" | "reset-alarm" | "record" | "reboot" | "key-frame" | "snapshot" | "configure";
            /** @enum {string} */
            pan?: "left" | "right";
            /** @enum {string} */
            tilt?: "up" | "down";
            /** @enum {string} */
            zoom?: "in" | "out";
            pan_speed?: number;
            tilt_speed?: number;
            zoom_speed?: number;
            /** @enum {string} */
            focus?: "near" | "far";
            /** @enum {string} */
            iris?: "open" | "close";
            focus_speed?: number;
            iris_speed?: number;
            action?: string;
            preset?: number;
            number?: number;
            value?: number;
            on?: boolean;
            seconds?: number;
            method?: number;
            window_width?: number;
            window_height?: number;
            x?: number;
            y?: number;
            width?: number;
            height?: number;
            count?: number;
            interval?: number;
            upload_url?: string;
            session_id?: string;
            name?: string;
            expiration?: number;
            heartbeat_interval?: number;
            heartbeat_count?: number;
        };
        Gb28181PlaybackAction: {
            /** @enum {string} */
            action: "pause" | "resume" | "stop" | "seek" | "speed";
            /** @description Of `seek`: from the beginning */
            seconds?: number;
            /** @description Of `speed`: 0.25 to 16, negative backwards */
            scale?: number;
        };
        /**
         * @example {
         *       "stream_id": "announcement"
         *     }
         */
        Gb28181VoiceRequest: {
            /** @description Whose sound the device is to be sent */
            stream_id: string;
            /**
             * @description `broadcast`, the default: the device is told and asks for the sound itself; `talk`: it is invited to take it
             * @enum {string}
             */
            mode?: "broadcast" | "talk";
            /**
             * @description Of a `talk`: `tcp-passive` waits for the device to connect
             * @enum {string}
             */
            transport?: "udp" | "tcp-passive" | "tcp-active";
        };
        Gb28181Voice: {
            device_id: string;
            channel_id: string;
            stream_id: string;
            /** @enum {string} */
            mode: "broadcast" | "talk";
            /** @enum {string} */
            state: "asked" | "talking" | "ended";
            /**
             * Format: date-time
             * @description RFC 3339
             */
            since: string;
            /** @description Sent to the device */
            packets: number;
            bytes: number;
            /** @description Why it ended, where nobody asked for that */
            error?: string;
            diagnosis: components["schemas"]["Diagnosis"];
        };
        Gb28181Platform: {
            /**
             * @description What it is called in the configuration
             * @example city
             */
            name: string;
            /**
             * @description Its SIP server id
             * @example 34020000002000000001
             */
            id: string;
            /** @example 3402000000 */
            domain: string;
            /**
             * @description What it calls us
             * @example 34020000002000000002
             */
            own_id: string;
            /**
             * @description Of the signalling
             * @enum {string}
             */
            transport: "udp" | "tcp";
            /** @example sip.example.org:5060 */
            address: string;
            /**
             * @description `retrying`: it refused us, or does not answer; it is tried again at `next_attempt_at`
             * @enum {string}
             */
            state: "waiting" | "connecting" | "registered" | "retrying" | "closed";
            /** @description Registrations since the start, renewals left out */
            attempts: number;
            last_error?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            next_attempt_at?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            registered_at?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            expires_at?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            last_keepalive_at?: string;
            /** @description Those that are shared with it */
            channels: number;
            channels_online: number;
            /** @description Whether it wants to be told of channels that come and go */
            subscribed: boolean;
            /** @description Streams that it is sent */
            sessions: {
                channel_id: string;
                stream_id: string;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                since: string;
                /** @example 0200000001 */
                ssrc: string;
                /**
                 * @description As seen from here
                 * @enum {string}
                 */
                transport: "udp" | "tcp-passive" | "tcp-active";
                /** @description Where it takes the media */
                remote: string;
                bytes: number;
            }[];
        };
        Gb28181SharedChannel: {
            /**
             * @description Of the channel, for the platform
             * @example 34020000001320000001
             */
            id: string;
            name: string;
            stream_id: string;
            /** @description Whether it is likely to come when it is asked for */
            online: boolean;
            /** @description The device that orders are passed down to */
            device_id?: string;
            device_channel_id?: string;
        };
        Diagnosis: {
            stream_id: string;
            /** @enum {string} */
            verdict: "live" | "waiting" | "failing";
            /** @description In words */
            summary: string;
            /** @description The first step that is missing */
            missing_step?: string;
            steps: {
                id: string;
                title: string;
                done: boolean;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                at?: string;
                detail?: string;
            }[];
            /** @description What was seen instead */
            findings: {
                step: string;
                means: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                at: string;
            }[];
            /** @description What to change, the likeliest first */
            advice: string[];
            /** @description The time line that all this is from */
            history: components["schemas"]["HistoryEntry"][];
        };
        Reload: {
            programs: {
                /** @description `server`, or the name of a media node */
                program: string;
                /** @description Names of keys: `server.rate_limit` */
                applied?: string[];
                /** @description Names of keys: `server.rate_limit` */
                needs_restart?: string[];
                /** @description Why it goes on with what it had */
                error?: string;
            }[];
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
export type Login = components['schemas']['Login'];
export type Session = components['schemas']['Session'];
export type PasswordChange = components['schemas']['PasswordChange'];
export type User = components['schemas']['User'];
export type UserRequest = components['schemas']['UserRequest'];
export type UserChange = components['schemas']['UserChange'];
export type ApiKey = components['schemas']['ApiKey'];
export type NewApiKey = components['schemas']['NewApiKey'];
export type ApiKeyRequest = components['schemas']['ApiKeyRequest'];
export type StreamTokenRequest = components['schemas']['StreamTokenRequest'];
export type StreamToken = components['schemas']['StreamToken'];
export type Tenant = components['schemas']['Tenant'];
export type TenantRequest = components['schemas']['TenantRequest'];
export type TenantChange = components['schemas']['TenantChange'];
export type Usage = components['schemas']['Usage'];
export type TenantLoad = components['schemas']['TenantLoad'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type HookRequest = components['schemas']['HookRequest'];
export type HookChange = components['schemas']['HookChange'];
export type Hook = components['schemas']['Hook'];
export type DeadLetter = components['schemas']['DeadLetter'];
export type Recording = components['schemas']['Recording'];
export type ActiveRecording = components['schemas']['ActiveRecording'];
export type RecordRequest = components['schemas']['RecordRequest'];
export type HoldRequest = components['schemas']['HoldRequest'];
export type Gb28181Subscription = components['schemas']['Gb28181Subscription'];
export type Gb28181Device = components['schemas']['Gb28181Device'];
export type Gb28181DeviceChange = components['schemas']['Gb28181DeviceChange'];
export type Gb28181Channel = components['schemas']['Gb28181Channel'];
export type Gb28181Record = components['schemas']['Gb28181Record'];
export type Gb28181Event = components['schemas']['Gb28181Event'];
export type Gb28181Preset = components['schemas']['Gb28181Preset'];
export type Gb28181Order = components['schemas']['Gb28181Order'];
export type Gb28181PlaybackAction = components['schemas']['Gb28181PlaybackAction'];
export type Gb28181VoiceRequest = components['schemas']['Gb28181VoiceRequest'];
export type Gb28181Voice = components['schemas']['Gb28181Voice'];
export type Gb28181Platform = components['schemas']['Gb28181Platform'];
export type Gb28181SharedChannel = components['schemas']['Gb28181SharedChannel'];
export type Diagnosis = components['schemas']['Diagnosis'];
export type Reload = components['schemas']['Reload'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
