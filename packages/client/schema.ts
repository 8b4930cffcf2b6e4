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
                readonly header?: never;
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
                readonly header?: never;
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
            readonly code: "STREAM_NOT_FOUND" | "STREAM_BUSY" | "STREAM_ENDED" | "STREAM_ID_INVALID" | "STREAM_NOT_READY" | "STREAM_LIMIT" | "REQUEST_INVALID" | "REQUEST_TOO_LARGE" | "MEDIA_TYPE_UNSUPPORTED" | "URL_INVALID" | "METHOD_NOT_ALLOWED" | "ROUTE_NOT_FOUND" | "SEGMENT_NOT_FOUND" | "RANGE_INVALID" | "INGEST_NOT_FOUND" | "PUSH_NOT_FOUND" | "PROTOCOL_DISABLED" | "PROTOCOL_UNSUPPORTED" | "CODEC_UNSUPPORTED" | "NOT_ALLOWED" | "CONFIG_INVALID" | "PORT_IN_USE" | "PROTOCOL_ERROR" | "UPSTREAM_FAILED" | "TIMED_OUT" | "STORAGE_FAILED" | "NOT_READY" | "INTERNAL";
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
