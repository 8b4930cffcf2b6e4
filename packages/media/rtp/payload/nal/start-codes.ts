import { annexBToLengthPrefixed } from '../../../format/mpegts/annex-b.ts';
import { splitLengthPrefixed } from '../../../model/sample.ts';

const START_CODE = Buffer.from([0, 0, 1]);

/** Whether there is a start code among the bytes of `data` from `start` to `end`. No NAL unit has one in it. */
export function hasStartCode(data: Buffer, start: number, end: number): boolean {
  return data.subarray(start, end).includes(START_CODE);
}

/** The NAL units of a byte stream whose first start code may be missing (H.264 and H.265 Annex B). */
export function splitAtStartCodes(data: Buffer): Buffer[] {
  return splitLengthPrefixed(annexBToLengthPrefixed(Buffer.concat([START_CODE, data]), () => false));
}
