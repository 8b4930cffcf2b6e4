/** Media nodes are in the directory under this prefix and their names. */
export const NODE_PREFIX = 'node/';
/** Streams are under this one and their ids, held by the node that owns them. */
export const STREAM_PREFIX = 'stream/';
