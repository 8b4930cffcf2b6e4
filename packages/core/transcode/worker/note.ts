/** By which a worker tells its parent what people should know: a data sample of this name with a text. */
export const NOTE = 'fluxTranscodeNote';
