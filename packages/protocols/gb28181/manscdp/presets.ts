import type { ManscdpMessage } from './message.ts';
import { child, childNumber, childText } from './xml.ts';

export interface Preset {
  readonly number: number;
  readonly name: string;
}

/** The answer to PresetQuery (A.2.6.10). Devices write the number as they please: `1`, `001`. */
export function parsePresets({ content }: ManscdpMessage): {
  readonly total: number;
  readonly presets: readonly Preset[];
} {
  const list = child(content, 'PresetList');
  const presets = (list?.children.get('Item') ?? []).flatMap(element => {
    const number = childNumber(element, 'PresetID');
    if (number === undefined) return [];
    return [{ number, name: (childText(element, 'PresetName') ?? '').slice(0, 256) }];
  });
  const announced = childNumber(content, 'SumNum') ?? Number(list?.attributes.get('Num') ?? Number.NaN);
  return { total: Number.isFinite(announced) ? announced : presets.length, presets };
}
