import { ActionIcon, Slider, Text } from '@mantine/core';
import {
  type Icon,
  IconArrowDown,
  IconArrowLeft,
  IconArrowRight,
  IconArrowUp,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { useState } from 'react';
import type { Gb28181Order } from '../api/types.ts';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import { sendOrder } from './queries.ts';

type Command = 'up' | 'down' | 'left' | 'right' | 'zoom_in' | 'zoom_out';

/** As fast as the standard's orders can say (GB/T 28181 A.3). */
const MOST_TURN = 255;
const MOST_ZOOM = 15;

const BUTTONS: readonly [Command, 'up' | 'down' | 'left' | 'right' | 'zoomIn' | 'zoomOut', Icon][] = [
  ['up', 'up', IconArrowUp],
  ['left', 'left', IconArrowLeft],
  ['right', 'right', IconArrowRight],
  ['down', 'down', IconArrowDown],
  ['zoom_in', 'zoomIn', IconZoomIn],
  ['zoom_out', 'zoomOut', IconZoomOut],
];

/** Moves the camera for as long as a button is held, by pointer or key, and stops it when it is let go. */
export function Ptz({ deviceId, channelId }: { deviceId: string; channelId: string }) {
  const { devices: words } = useText();
  const [speed, setSpeed] = useState(50);
  const [error, setError] = useState<unknown>();
  const send = (command: Command | 'stop') => {
    setError(undefined);
    sendOrder(deviceId, channelId, orderOf(command, speed)).catch(setError);
  };
  return (
    <section aria-label={words.ptz}>
      <h3 className="section">{words.ptz}</h3>
      <div className="ptz">
        {BUTTONS.map(([command, word, Sign]) => (
          <ActionIcon
            key={command}
            variant="default"
            size={44}
            className={`ptz-${command}`}
            aria-label={words[word]}
            onPointerDown={() => send(command)}
            onPointerUp={() => send('stop')}
            onPointerCancel={() => send('stop')}
            onKeyDown={event => {
              if ((event.key === ' ' || event.key === 'Enter') && !event.repeat) send(command);
            }}
            onKeyUp={event => {
              if (event.key === ' ' || event.key === 'Enter') send('stop');
            }}
          >
            <Sign size={20} />
          </ActionIcon>
        ))}
      </div>
      <Text size="sm" mt="sm">
        {words.speed}
      </Text>
      <Slider maw={240} min={1} max={100} value={speed} onChange={setSpeed} thumbLabel={words.speed} />
      <Problem error={error} />
    </section>
  );
}

/** The API's order for a button; `speed` in percent. */
function orderOf(command: Command | 'stop', speed: number): Gb28181Order {
  if (command === 'stop') return { order: 'stop' };
  const turn = Math.round((speed * MOST_TURN) / 100);
  if (command === 'left' || command === 'right') return { order: 'move', pan: command, pan_speed: turn };
  if (command === 'up' || command === 'down') return { order: 'move', tilt: command, tilt_speed: turn };
  const zoom = command === 'zoom_in' ? 'in' : 'out';
  return { order: 'move', zoom, zoom_speed: Math.round((speed * MOST_ZOOM) / 100) };
}
