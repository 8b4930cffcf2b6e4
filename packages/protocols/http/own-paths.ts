/** First segments of the product's own paths on the media port: no app is reached by such a name in `/{app}/{name}`. */
export const OWN_PATHS: ReadonlySet<string> = new Set(['flv', 'hls', 'mjpeg', 'api']);
