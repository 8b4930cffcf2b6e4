import { type ManscdpMessage, parseTime } from './message.ts';
import { child, childNumber, childText } from './xml.ts';

/** A.2.5.3. */
export interface Alarm {
  /** The camera or the alarm input that it is of. */
  readonly channelId: string;
  /** 1, the gravest, to 4. */
  readonly priority?: number;
  /** 1 telephone, 2 device, 3 short message, 4 GPS, 5 video, 6 device fault, 7 other. */
  readonly method?: number;
  /** What it is, in the method's own table: motion is 2 of video. */
  readonly type?: number;
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly description?: string;
  readonly longitude?: number;
  readonly latitude?: number;
}

export function parseAlarm({ content, deviceId }: ManscdpMessage, offsetMinutes: number): Alarm {
  const info = child(content, 'Info') ?? content;
  return {
    channelId: deviceId,
    priority: childNumber(content, 'AlarmPriority'),
    method: childNumber(content, 'AlarmMethod'),
    type: childNumber(info, 'AlarmType') ?? childNumber(content, 'AlarmType'),
    at: parseTime(childText(content, 'AlarmTime'), offsetMinutes),
    description: childText(content, 'AlarmDescription')?.slice(0, 1024),
    longitude: childNumber(content, 'Longitude'),
    latitude: childNumber(content, 'Latitude'),
  };
}

/** A.2.5.6. */
export interface MobilePosition {
  readonly channelId: string;
  readonly at?: number;
  readonly longitude: number;
  readonly latitude: number;
  /** Kilometres an hour. */
  readonly speed?: number;
  /** Degrees from north, clockwise. */
  readonly direction?: number;
  /** Metres. */
  readonly altitude?: number;
}

/** Undefined where it says no position: the receiver has no satellites. */
export function parseMobilePosition(
  { content, deviceId }: ManscdpMessage,
  offsetMinutes: number,
): MobilePosition | undefined {
  const longitude = childNumber(content, 'Longitude');
  const latitude = childNumber(content, 'Latitude');
  if (longitude === undefined || latitude === undefined) return undefined;
  return {
    channelId: deviceId,
    at: parseTime(childText(content, 'Time'), offsetMinutes),
    longitude,
    latitude,
    speed: childNumber(content, 'Speed'),
    direction: childNumber(content, 'Direction'),
    altitude: childNumber(content, 'Altitude'),
  };
}
