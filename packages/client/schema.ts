/** Generated from docs/openapi.json by scripts/generate-docs.ts; `npm run check` compares it. */

export interface paths {
    readonly "/api/v1/streams": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** All streams, by id */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                    readonly offset?: number;
                    /** @description `waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back */
                    readonly state?: "waiting" | "discovering" | "live" | "interrupted" | "ended";
                    /** @description The publisher's, or the ingest's */
                    readonly protocol?: string;
                    /** @description Part of the stream id, in any case */
                    readonly q?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly streams: readonly components["schemas"]["StreamSummary"][];
                            /** @description That match the filters */
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One stream, with its time line */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["StreamDetail"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/stats": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Statistics of one stream */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["StreamStats"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/viewers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who watches, the longest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                    readonly offset?: number;
                };
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly viewers: readonly components["schemas"]["Viewer"][];
                            /** @description That match the filters */
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/play": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Addresses at which the stream can be played */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description hls, flv, rtmp, webrtc; left out: all that there are */
                    readonly protocol?: string;
                };
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Play"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/stop": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Close the publisher and all viewers */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/ingest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Bring a stream: wait for its publisher, or pull it */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["IngestRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Ingest"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/ingests": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** All ingests */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly ingests: readonly components["schemas"]["Ingest"][];
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/ingests/{stream_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One ingest */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Ingest"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Stop an ingest, and its stream with it */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/push": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send the stream on to another server */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["PushRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Push"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/pushes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Where the stream is sent on to */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly pushes: readonly components["schemas"]["Push"][];
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/pushes/{push_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Stop sending the stream on */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                    readonly push_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/record": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Record the stream from now on */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["RecordRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActiveRecording"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Record the stream no longer */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/active": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What is being recorded */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly recordings: readonly components["schemas"]["ActiveRecording"][];
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Recorded files, oldest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description Id of the stream */
                    readonly stream_id?: string;
                    readonly state?: "recording" | "finished";
                    /** @description RFC 3339 */
                    readonly from?: string;
                    /** @description RFC 3339 */
                    readonly to?: string;
                    readonly limit?: number;
                    readonly offset?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly recordings: readonly components["schemas"]["Recording"][];
                            /** @description That match the filters */
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/export.mp4": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * A stretch of time as one MP4 file
         * @description It begins with the key frame at or before `from`.
         */
        readonly get: {
            readonly parameters: {
                readonly query: {
                    /** @description Id of the stream */
                    readonly stream_id: string;
                    /** @description RFC 3339 */
                    readonly from: string;
                    /** @description RFC 3339 */
                    readonly to: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/index.m3u8": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A stretch of time as an HLS playlist */
        readonly get: {
            readonly parameters: {
                readonly query: {
                    /** @description Id of the stream */
                    readonly stream_id: string;
                    /** @description RFC 3339 */
                    readonly from: string;
                    /** @description RFC 3339 */
                    readonly to: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/{recording_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One recorded file */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Recording"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Delete a recorded file */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Hold a recorded file, or let it go */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["HoldRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Recording"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/{recording_id}/media.mp4": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The file itself, where it is MP4 */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/{recording_id}/media.flv": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The file itself, where it is FLV */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/{recording_id}/media.ts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The file itself, where it is TS */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/{recording_id}/init.mp4": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What stands before the fragments of an MP4 file, for the HLS playlist */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/{recording_id}/segment-{start}-{end}.m4s": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A segment of the HLS playlist */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                    /** @description Of its bytes in the file */
                    readonly start: number;
                    /** @description Behind them */
                    readonly end: number;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/recordings/{recording_id}/manifest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The signed manifest of a finished file */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly recording_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/protocols": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every enabled protocol and its counters */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly protocols: readonly components["schemas"]["Protocol"][];
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/nodes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every media node, and how it batches its work */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly nodes: readonly components["schemas"]["Node"][];
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/server": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Version, uptime, memory, delay */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Server"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/healthz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the process answers */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** @enum {string} */
                            readonly status: "ok";
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readyz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether every enabled protocol listens */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** @enum {string} */
                            readonly status: "ok";
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Begin a session of the page; its cookie comes with the answer */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["Login"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/session": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who is asking */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End the session */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Set the own password; all sessions of the user but a new one end */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["PasswordChange"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/tokens": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The latest tokens of this stream, without what is secret of them */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly {
                                readonly id: string;
                                /** @enum {string} */
                                readonly action: "play" | "publish";
                                readonly address?: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339
                                 */
                                readonly created_at: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339
                                 */
                                readonly expires_at: string;
                                /**
                                 * Format: date-time
                                 * @description RFC 3339
                                 */
                                readonly revoked_at?: string;
                            }[];
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Make a token to play or to publish this stream */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path: {
                    /** @description `cam1`, or `app~name` outside the app `live` */
                    readonly stream_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["StreamTokenRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["StreamToken"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/streams/{stream_id}/tokens/{token_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Revoke a token; what was begun by it ends */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly stream_id: string;
                    readonly token_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Users, by name */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                    readonly offset?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["User"][];
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Add a user */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["UserRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["User"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users/{user_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One user */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly user_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["User"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Remove a user, with its keys; ends its sessions */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly user_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Change role, password or whether the user may come in; ends its sessions where that takes rights away */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly user_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["UserChange"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["User"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/api/v1/keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** API keys, the oldest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                    readonly offset?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["ApiKey"][];
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Make an API key, which is shown in this answer and never again */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["ApiKeyRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["NewApiKey"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/keys/{key_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One API key */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly key_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ApiKey"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Revoke an API key; what was begun by it or by its tokens ends */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly key_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tenants": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Tenants, by id */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                    readonly offset?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Tenant"][];
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Add a tenant */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["TenantRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Tenant"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tenants/{tenant_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One tenant */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly tenant_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Tenant"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Remove a tenant with its users, keys and tokens; ends what they began */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly tenant_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Change name, limits or apps, or whether it is active; one that is not loses all its sessions */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly tenant_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["TenantChange"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Tenant"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/api/v1/usage": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What each tenant used on each day; a month of days where none are named; as JSON or CSV */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description Of UTC */
                    readonly from?: string;
                    /** @description Of UTC */
                    readonly to?: string;
                    readonly tenant?: string;
                    readonly format?: "json" | "csv";
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Usage"][];
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Changes and refused attempts, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly actor?: string;
                    readonly action?: string;
                    readonly target?: string;
                    readonly result?: "ok" | "refused" | "failed";
                    readonly request_id?: string;
                    readonly tenant?: string;
                    /** @description RFC 3339 */
                    readonly since?: string;
                    /** @description RFC 3339 */
                    readonly until?: string;
                    readonly limit?: number;
                    readonly offset?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["AuditEntry"][];
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/audit/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** All that match, as CSV or as one JSON document a line */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly actor?: string;
                    readonly action?: string;
                    readonly target?: string;
                    readonly result?: "ok" | "refused" | "failed";
                    readonly request_id?: string;
                    readonly tenant?: string;
                    /** @description RFC 3339 */
                    readonly since?: string;
                    /** @description RFC 3339 */
                    readonly until?: string;
                    readonly format?: "json" | "csv";
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/hooks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** All hooks, with how their deliveries fare */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                    readonly offset?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Hook"][];
                            /** @description That match the filters */
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Add a hook; the answer has its secret, this once */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["HookRequest"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Hook"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/hooks/{hook_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One hook */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly hook_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Hook"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Remove a hook, with what waits for it */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly hook_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        /** Change a hook; what is left out stays */
        readonly patch: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly hook_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["HookChange"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Hook"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly trace?: never;
    };
    readonly "/api/v1/hooks/{hook_id}/dead-letters": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What could not be delivered, the oldest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                    readonly offset?: number;
                };
                readonly header?: never;
                readonly path: {
                    readonly hook_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["DeadLetter"][];
                            /** @description That match the filters */
                            readonly total: number;
                            readonly limit: number;
                            readonly offset: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/hooks/{hook_id}/dead-letters/replay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Deliver all dead letters of a hook anew */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path: {
                    readonly hook_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly replayed: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/hooks/{hook_id}/dead-letters/{letter_id}/replay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Deliver one dead letter anew */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path: {
                    readonly hook_id: string;
                    readonly letter_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly replayed: number;
                        };
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/hooks/{hook_id}/dead-letters/{letter_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Forget a dead letter */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly hook_id: string;
                    readonly letter_id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What happens, as server-sent events
         * @description The data of an event is `{type, timestamp, data}` as hooks get it. A client that comes back with `Last-Event-ID` is told what it missed; one that missed too much is told `reset` and reads anew what there is.
         */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description Only these, separated by commas: `stream-started`, `stream-ready`, `stream-changed`, `stream-ended`, `recording-finished`, `device-online`, `device-offline`, `alarm`, `node-online`, `node-offline` */
                    readonly types?: string;
                    /** @description Only of this stream */
                    readonly stream_id?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Events without end */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/event-stream": string;
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config/reload": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Read the configuration anew; streams and viewers go on */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description A request with the key of an earlier one is answered with the answer to that, for ten minutes: it is safe to try again */
                    readonly "idempotency-key"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Reload"];
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Figures for Prometheus */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Text exposition format 0.0.4 */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/plain": string;
                    };
                };
                /** @description What is wrong */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What is wrong */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description RFC 9457 problem document */
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            /** @description For people */
            readonly detail: string;
            /**
             * @description Stable; docs/errors.md explains each
             * @enum {string}
             */
            readonly code: "STREAM_NOT_FOUND" | "STREAM_BUSY" | "STREAM_ENDED" | "STREAM_ID_INVALID" | "STREAM_NOT_READY" | "STREAM_LIMIT" | "REQUEST_INVALID" | "REQUEST_TOO_LARGE" | "MEDIA_TYPE_UNSUPPORTED" | "URL_INVALID" | "RATE_LIMITED" | "IDEMPOTENCY_KEY_REUSED" | "IDEMPOTENCY_KEY_BUSY" | "METHOD_NOT_ALLOWED" | "ROUTE_NOT_FOUND" | "SEGMENT_NOT_FOUND" | "RANGE_INVALID" | "INGEST_NOT_FOUND" | "PUSH_NOT_FOUND" | "PROTOCOL_DISABLED" | "PROTOCOL_UNSUPPORTED" | "CODEC_UNSUPPORTED" | "UNAUTHENTICATED" | "CSRF_TOKEN_INVALID" | "TENANT_LIMIT" | "TOO_MANY_ATTEMPTS" | "ACCOUNT_NOT_FOUND" | "NAME_TAKEN" | "NOT_ALLOWED" | "REDIRECTED" | "HOOK_FAILED" | "HOOK_NOT_FOUND" | "HOOK_LIMIT" | "CONFIG_INVALID" | "PORT_IN_USE" | "PROTOCOL_ERROR" | "UPSTREAM_FAILED" | "TIMED_OUT" | "STORAGE_FAILED" | "STORAGE_FULL" | "RECORDING_NOT_FOUND" | "RECORDING_HELD" | "RECORDING_ACTIVE" | "NOT_READY" | "INTERNAL";
            readonly request_id?: string;
        };
        readonly Ingest: {
            readonly stream_id: string;
            readonly protocol: string;
            /** @enum {string} */
            readonly state: "waiting" | "connecting" | "connected" | "retrying" | "closed";
            readonly attempts: number;
            readonly last_error?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly next_attempt_at?: string;
            /** @description Where to publish, if the stream comes from a publisher */
            readonly publish_url?: string;
            /** @description Where it is pulled from, without secrets */
            readonly url?: string;
        };
        readonly Push: {
            readonly id: string;
            readonly stream_id: string;
            /** @description Without user, password and query */
            readonly url: string;
            /** @enum {string} */
            readonly state: "waiting" | "connecting" | "connected" | "retrying" | "closed";
            readonly attempts: number;
            readonly last_error?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly next_attempt_at?: string;
        };
        readonly Track: {
            readonly id: number;
            /** @enum {string} */
            readonly kind: "video" | "audio";
            readonly codec: string;
            /** @description RFC 6381 */
            readonly codec_string: string;
            readonly profile?: string;
            readonly width?: number;
            readonly height?: number;
            readonly sample_rate?: number;
            readonly channels?: number;
            /** @description Bits per second, measured */
            readonly bitrate: number;
            /** @description Frames per second, measured */
            readonly frame_rate: number;
            readonly samples: number;
            readonly bytes: number;
            readonly key_frames: number;
        };
        readonly StreamSummary: {
            readonly stream_id: string;
            /**
             * @description `waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back
             * @enum {string}
             */
            readonly state: "waiting" | "discovering" | "live" | "interrupted" | "ended";
            /** @description The publisher's, or the ingest's */
            readonly protocol?: string;
            readonly publisher?: {
                readonly peer: string;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                readonly since: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly created_at?: string;
            /** @description Seconds */
            readonly uptime_seconds: number;
            readonly tracks: readonly components["schemas"]["Track"][];
            /** @description Bits per second of all tracks */
            readonly bitrate: number;
            readonly viewers: {
                readonly count: number;
                readonly by_protocol: {
                    readonly [key: string]: number;
                };
            };
            readonly notes: readonly string[];
            readonly ingest?: components["schemas"]["Ingest"];
        };
        readonly HistoryEntry: {
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly last_at: string;
            readonly step: string;
            readonly detail: string;
            /** @description How often in a row */
            readonly count: number;
        };
        readonly StreamDetail: {
            readonly stream_id: string;
            /**
             * @description `waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back
             * @enum {string}
             */
            readonly state: "waiting" | "discovering" | "live" | "interrupted" | "ended";
            /** @description The publisher's, or the ingest's */
            readonly protocol?: string;
            readonly publisher?: {
                readonly peer: string;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                readonly since: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly created_at?: string;
            /** @description Seconds */
            readonly uptime_seconds: number;
            readonly tracks: readonly components["schemas"]["Track"][];
            /** @description Bits per second of all tracks */
            readonly bitrate: number;
            readonly viewers: {
                readonly count: number;
                readonly by_protocol: {
                    readonly [key: string]: number;
                };
            };
            readonly notes: readonly string[];
            readonly ingest?: components["schemas"]["Ingest"];
            /** @description The time line of what happened to the stream, oldest first */
            readonly history: readonly components["schemas"]["HistoryEntry"][];
            readonly pushes: readonly components["schemas"]["Push"][];
        };
        readonly StreamStats: {
            readonly stream_id: string;
            /**
             * @description `waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back
             * @enum {string}
             */
            readonly state: "waiting" | "discovering" | "live" | "interrupted" | "ended";
            /** @description Seconds */
            readonly uptime_seconds: number;
            readonly bytes_in: number;
            readonly bytes_out: number;
            /** @description Bits per second of all tracks */
            readonly bitrate: number;
            /** @description Cached for viewers to come */
            readonly gop_bytes: number;
            readonly viewers: {
                readonly count: number;
                readonly by_protocol: {
                    readonly [key: string]: number;
                };
            };
            readonly tracks: readonly components["schemas"]["Track"][];
        };
        readonly Viewer: {
            readonly id: string;
            readonly protocol: string;
            readonly peer: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly since: string;
            readonly bytes_sent: number;
        };
        readonly IngestRequest: {
            /** @enum {string} */
            readonly protocol: "rtmp" | "rtsp" | "gb28181" | "srt" | "webrtc";
            /** @description Needed where it does not follow from the source */
            readonly stream_id?: string;
            /** @description The member named as the protocol is used; others' are let pass */
            readonly source: {
                /** @description `app` and `stream` to wait for a publisher, or `url` to pull */
                readonly rtmp?: {
                    readonly app?: string;
                    readonly stream?: string;
                    readonly url?: string;
                };
                /** @description A camera to pull from; `rtsp://` or `rtsps://` */
                readonly rtsp?: {
                    readonly url: string;
                    /**
                     * @description `auto`: UDP, and TCP where nothing comes by it
                     * @enum {string}
                     */
                    readonly transport?: "auto" | "tcp" | "udp";
                    readonly username?: string;
                    readonly password?: string;
                    /** @description Connect with the first viewer, and leave after the last */
                    readonly on_demand?: boolean;
                    /** @description The kind of camera, where it is not found out */
                    readonly profile?: string;
                };
                readonly gb28181?: {
                    readonly device_id: string;
                    readonly channel_id: string;
                };
                readonly srt?: {
                    readonly url: string;
                };
            };
        };
        readonly PushRequest: {
            readonly url: string;
        };
        readonly Play: {
            readonly stream_id: string;
            /** @description By format */
            readonly urls: {
                readonly [key: string]: string;
            };
        };
        readonly Protocol: {
            readonly protocol: string;
            readonly listening: readonly string[];
            readonly connections: number;
            readonly publishers: number;
            readonly viewers: number;
            readonly bytes_in: number;
            readonly bytes_out: number;
            /** @description Turned away, by error code */
            readonly refused: {
                readonly [key: string]: number;
            };
        };
        /** @description A media node: a process that receives and sends media */
        readonly Node: {
            readonly name: string;
            readonly pid: number;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly started_at: string;
            /** @description Resident */
            readonly memory_bytes: number;
            /** @description CPU time since its start */
            readonly cpu_seconds: number;
            /** @description That are published or pulled on it */
            readonly streams: number;
            /** @description That it fetches from other nodes */
            readonly relays: number;
            /** @description Between turns of the event loop while they are spaced; 0 while they are not */
            readonly turn_interval_ms: number;
            /** @description For which frames are gathered */
            readonly flush_interval_ms: number;
            /** @description That a flush takes */
            readonly flush_duration_ms: number;
            /** @description That a flush sends, to all viewers together */
            readonly flush_bytes: number;
            /** @description How late timers ran, 99th percentile of a minute */
            readonly event_loop_delay_ms: number;
        };
        readonly Server: {
            readonly version: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly started_at: string;
            /** @description Seconds */
            readonly uptime_seconds: number;
            /** @description Resident, of this process alone; `/nodes` has the media nodes */
            readonly memory_bytes: number;
            /** @description Used by JavaScript */
            readonly heap_bytes: number;
            /** @description Of media and sockets, outside the heap */
            readonly buffer_bytes: number;
            /** @description How late timers ran, 99th percentile of a minute */
            readonly event_loop_delay_ms: number;
            readonly streams: number;
            /** @description Where `/flv` and `/hls` are served */
            readonly media_port: number;
        };
        /**
         * @example {
         *       "username": "admin",
         *       "password": "correct horse battery"
         *     }
         */
        readonly Login: {
            readonly username: string;
            readonly password: string;
        };
        readonly Session: {
            readonly user: {
                readonly name: string;
                /**
                 * @description `viewer` < `operator` < `administrator`
                 * @enum {string}
                 */
                readonly role: "viewer" | "operator" | "administrator";
                readonly tenant: string;
            };
            /** @description For the header X-CSRF-Token of every change; not with an API key */
            readonly csrf_token?: string;
        };
        readonly PasswordChange: {
            /** @description Of a user who has one already */
            readonly current_password?: string;
            readonly password: string;
        };
        readonly User: {
            readonly id: string;
            readonly name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            readonly role: "viewer" | "operator" | "administrator";
            readonly tenant: string;
            readonly active: boolean;
            readonly has_password: boolean;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly created_at: string;
        };
        /**
         * @example {
         *       "name": "ada",
         *       "role": "operator",
         *       "password": "correct horse battery"
         *     }
         */
        readonly UserRequest: {
            /** @description Written small */
            readonly name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            readonly role: "viewer" | "operator" | "administrator";
            readonly password?: string;
            readonly tenant?: string;
        };
        readonly UserChange: {
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            readonly role?: "viewer" | "operator" | "administrator";
            readonly password?: string;
            readonly active?: boolean;
        };
        readonly ApiKey: {
            readonly id: string;
            readonly name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            readonly role: "viewer" | "operator" | "administrator";
            readonly tenant: string;
            /** @description How it begins */
            readonly hint: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly expires_at?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly used_at?: string;
        };
        readonly NewApiKey: {
            readonly id: string;
            readonly name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            readonly role: "viewer" | "operator" | "administrator";
            readonly tenant: string;
            /** @description How it begins */
            readonly hint: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly expires_at?: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly used_at?: string;
            /** @description Shown this once */
            readonly key: string;
        };
        /**
         * @example {
         *       "name": "nightly backup",
         *       "role": "viewer",
         *       "expires_in": 2592000
         *     }
         */
        readonly ApiKeyRequest: {
            readonly name: string;
            /**
             * @description `viewer` < `operator` < `administrator`
             * @enum {string}
             */
            readonly role: "viewer" | "operator" | "administrator";
            /** @description Seconds; left out: it does not expire */
            readonly expires_in?: number;
            readonly tenant?: string;
        };
        /**
         * @example {
         *       "action": "play",
         *       "expires_in": 300
         *     }
         */
        readonly StreamTokenRequest: {
            /** @enum {string} */
            readonly action: "play" | "publish";
            /** @description Seconds in which it can be used to begin */
            readonly expires_in?: number;
            /** @description The only IP address it is good from */
            readonly address?: string;
        };
        readonly StreamToken: {
            readonly id: string;
            /** @description `?token=` of an address, or a bearer; in RTSP user and password */
            readonly token: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly expires_at: string;
        };
        readonly Tenant: {
            readonly id: string;
            readonly name: string;
            readonly active: boolean;
            /** @description At once; left out: no limit */
            readonly max_streams?: number;
            /** @description At once; left out: no limit */
            readonly max_viewers?: number;
            /** @description Their streams are the tenant’s */
            readonly apps: readonly string[];
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly created_at: string;
        };
        /**
         * @example {
         *       "id": "acme",
         *       "apps": [
         *         "acme"
         *       ]
         *     }
         */
        readonly TenantRequest: {
            readonly id: string;
            readonly name?: string;
            readonly active?: boolean;
            readonly max_streams?: number | null;
            readonly max_viewers?: number | null;
            readonly apps?: readonly string[];
        };
        readonly TenantChange: {
            readonly name?: string;
            readonly active?: boolean;
            readonly max_streams?: number | null;
            readonly max_viewers?: number | null;
            readonly apps?: readonly string[];
        };
        readonly Usage: {
            readonly tenant: string;
            /** @description Of UTC */
            readonly day: string;
            readonly gigabytes_in: number;
            readonly gigabytes_out: number;
            readonly publish_minutes: number;
            readonly play_minutes: number;
        };
        readonly AuditEntry: {
            readonly sequence: number;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly at: string;
            /** @description Who */
            readonly actor: string;
            readonly actor_id?: string;
            readonly tenant?: string;
            /** @description What */
            readonly action: string;
            /** @description On what */
            readonly target: string;
            /** @description From where */
            readonly address: string;
            /** @enum {string} */
            readonly result: "ok" | "refused" | "failed";
            readonly code?: string;
            readonly request_id?: string;
            readonly details?: {
                readonly [key: string]: unknown;
            };
            /** @description Of this entry and all before it */
            readonly hash: string;
        };
        /** @description Without a secret, one is made */
        readonly HookRequest: {
            /** @description `https://…` or `http://…` */
            readonly url: string;
            /** @description What it is told of */
            readonly events?: readonly ("publish" | "play" | "stop" | "stream-started" | "stream-ready" | "stream-changed" | "stream-closed" | "recording-finished" | "device-online" | "device-offline" | "alarm" | "node-online" | "node-offline")[];
            /** @description What it is asked for before anybody may do it; where it gives no answer, nobody may */
            readonly decides?: readonly ("publish" | "play")[];
            /** @description Only for streams of these apps; empty: for all */
            readonly apps?: readonly string[];
            /** @description `whsec_` and base64, or any other text of 24 characters and more */
            readonly secret?: string;
            /** @description Seconds that it is given to answer */
            readonly timeout_seconds?: number;
            readonly enabled?: boolean;
            readonly description?: string;
        };
        readonly HookChange: {
            /** @description `https://…` or `http://…` */
            readonly url?: string;
            /** @description What it is told of */
            readonly events?: readonly ("publish" | "play" | "stop" | "stream-started" | "stream-ready" | "stream-changed" | "stream-closed" | "recording-finished" | "device-online" | "device-offline" | "alarm" | "node-online" | "node-offline")[];
            /** @description What it is asked for before anybody may do it; where it gives no answer, nobody may */
            readonly decides?: readonly ("publish" | "play")[];
            /** @description Only for streams of these apps; empty: for all */
            readonly apps?: readonly string[];
            /** @description `whsec_` and base64, or any other text of 24 characters and more */
            readonly secret?: string;
            /** @description Seconds that it is given to answer */
            readonly timeout_seconds?: number;
            readonly enabled?: boolean;
            readonly description?: string;
        };
        readonly Hook: {
            readonly id: string;
            readonly url: string;
            /** @description What it is told of */
            readonly events: readonly ("publish" | "play" | "stop" | "stream-started" | "stream-ready" | "stream-changed" | "stream-closed" | "recording-finished" | "device-online" | "device-offline" | "alarm" | "node-online" | "node-offline")[];
            /** @description What it is asked for before anybody may do it; where it gives no answer, nobody may */
            readonly decides: readonly ("publish" | "play")[];
            /** @description Only for streams of these apps; empty: for all */
            readonly apps: readonly string[];
            /** @description Seconds that it is given to answer */
            readonly timeout_seconds: number;
            readonly enabled: boolean;
            readonly description: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly created_at: string;
            /** @description It is of the configuration, and is changed there */
            readonly configured: boolean;
            /** @description In the answer that made it or changed it, and never again */
            readonly secret?: string;
            /** @description Since the server was started */
            readonly deliveries: {
                readonly delivered: number;
                /** @description Attempts that failed */
                readonly failures: number;
                /** @description That were given up */
                readonly dead: number;
                readonly waiting: number;
                readonly last_error?: string;
            };
        };
        readonly DeadLetter: {
            /** @description The message's, the same in all attempts */
            readonly id: string;
            /** @enum {string} */
            readonly type: "publish" | "play" | "stop" | "stream-started" | "stream-ready" | "stream-changed" | "stream-closed" | "recording-finished" | "device-online" | "device-offline" | "alarm" | "node-online" | "node-offline";
            readonly attempts: number;
            /** @description Of the last attempt */
            readonly error: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly failed_at: string;
            /** @description As it was to be sent */
            readonly body: string;
        };
        readonly Recording: {
            readonly id: string;
            readonly stream_id: string;
            /** @description The same for files that go on from one another */
            readonly session: string;
            /** @enum {string} */
            readonly state: "recording" | "finished";
            /**
             * @description `fmp4`: MP4 of fragments
             * @enum {string}
             */
            readonly format: "fmp4" | "flv" | "ts";
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly started_at: string;
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly ended_at: string;
            readonly duration_seconds: number;
            /** @description Bytes */
            readonly size: number;
            readonly tracks: readonly {
                /** @enum {string} */
                readonly kind: "video" | "audio";
                readonly codec: string;
                /** @description RFC 6381 */
                readonly codec_string: string;
                readonly width?: number;
                readonly height?: number;
                readonly sample_rate?: number;
                readonly channels?: number;
            }[];
            /** @description What was not recorded */
            readonly gaps: readonly {
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                readonly from: string;
                /**
                 * Format: date-time
                 * @description RFC 3339
                 */
                readonly to: string;
                readonly reason: string;
            }[];
            readonly end_reason?: string;
            /** @description It is deleted by nothing and nobody */
            readonly held: boolean;
            /** @description In the storage */
            readonly path: string;
            /** @description Of its file */
            readonly url: string;
        };
        readonly ActiveRecording: {
            readonly stream_id: string;
            /**
             * @description `fmp4`: MP4 of fragments
             * @enum {string}
             */
            readonly format: "fmp4" | "flv" | "ts";
            /**
             * @description `waiting` for a key frame, or for room
             * @enum {string}
             */
            readonly state: "recording" | "waiting";
            /**
             * Format: date-time
             * @description RFC 3339
             */
            readonly since: string;
            /** @enum {string} */
            readonly origin: "rule" | "request";
            /** @description Of the file at hand */
            readonly recording_id?: string;
            /** @description Bytes of the file at hand */
            readonly size?: number;
            readonly last_error?: string;
        };
        readonly RecordRequest: {
            /**
             * @description `fmp4`: MP4 of fragments
             * @enum {string}
             */
            readonly format?: "fmp4" | "flv" | "ts";
            /** @description A file ends at the first key frame after it */
            readonly file_seconds?: number;
            readonly file_bytes?: number;
        };
        readonly HoldRequest: {
            readonly held: boolean;
        };
        readonly Reload: {
            readonly programs: readonly {
                /** @description `server`, or the name of a media node */
                readonly program: string;
                /** @description Names of keys: `server.rate_limit` */
                readonly applied?: readonly string[];
                /** @description Names of keys: `server.rate_limit` */
                readonly needs_restart?: readonly string[];
                /** @description Why it goes on with what it had */
                readonly error?: string;
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
export type AuditEntry = components['schemas']['AuditEntry'];
export type HookRequest = components['schemas']['HookRequest'];
export type HookChange = components['schemas']['HookChange'];
export type Hook = components['schemas']['Hook'];
export type DeadLetter = components['schemas']['DeadLetter'];
export type Recording = components['schemas']['Recording'];
export type ActiveRecording = components['schemas']['ActiveRecording'];
export type RecordRequest = components['schemas']['RecordRequest'];
export type HoldRequest = components['schemas']['HoldRequest'];
export type Reload = components['schemas']['Reload'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
