import { useMantineColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import './chart.css';

export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  /** Seconds since 1970, one for each value. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly height?: number;
}

const COLOURS = ['#3b74f0', '#e0792b', '#1f9d6b', '#a855d6', '#d6456b', '#0f9fb5'];
const MIN_SPAN = 60;

/** Lines over time, drawn by uPlot, which is loaded with the first of them. */
export function Chart({ times, lines, format, label, height = 150 }: ChartProps) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const { colorScheme } = useMantineColorScheme();
  const names = lines.map(line => line.label).join('\n');
  const data = [times, ...lines.map(line => line.values)] as unknown as uPlot.AlignedData;
  const newest = useRef(data);
  newest.current = data;

  // Other lines or colours are another chart.
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let isClosed = false;
    const sizes = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.current?.setSize({ width: element.clientWidth, height });
    });
    void loadPlot().then(Plot => {
      if (isClosed) return;
      const style = getComputedStyle(element);
      plot.current = new Plot(
        options({
          width: Math.max(1, element.clientWidth),
          height,
          labels: names.split('\n'),
          format,
          style,
        }),
        newest.current,
        element,
      );
      sizes.observe(element);
    });
    return () => {
      isClosed = true;
      sizes.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [names, colorScheme, height]);

  useEffect(() => {
    plot.current?.setData(data);
  });

  const now = lines.map(line => `${line.label} ${format(line.values.at(-1) ?? 0)}`).join(', ');
  return (
    <figure className="chart" aria-label={`${label}: ${now}`} role="img">
      <div className="legend" aria-hidden>
        {lines.map((line, index) => (
          <span key={line.label}>
            <svg width="10" height="10" aria-hidden>
              <rect width="10" height="10" rx="2" fill={COLOURS[index % COLOURS.length]} />
            </svg>
            {line.label} <b className="figure">{format(line.values.at(-1) ?? 0)}</b>
          </span>
        ))}
      </div>
      <div ref={root} />
    </figure>
  );
}

async function loadPlot() {
  const [{ default: Plot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
  return Plot;
}

interface Looks {
  readonly width: number;
  readonly height: number;
  readonly labels: readonly string[];
  readonly format: (value: number) => string;
  readonly style: CSSStyleDeclaration;
}

function options({ width, height, labels, format, style }: Looks): uPlot.Options {
  const grid = { stroke: style.getPropertyValue('--flux-line'), width: 1 };
  const stroke = style.getPropertyValue('--mantine-color-dimmed');
  const font = `11px ${style.fontFamily}`;
  return {
    width,
    height,
    padding: [8, 30, 0, 0],
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      // A minute at least, so that the first seconds are not drawn as if they were all.
      x: { range: (_plot, from, to) => spanOf(from, to) },
      y: { range: (_plot, _from, to) => [0, to > 0 ? to * 1.15 : 1] },
    },
    axes: [
      {
        stroke,
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 30,
        gap: 10,
        values: (_plot, splits) =>
          splits.map(second =>
            new Date(second * 1000).toLocaleTimeString([], {
              hour: '2-digit',
              minute: '2-digit',
              second: '2-digit',
              hour12: false,
            }),
          ),
        space: 80,
      },
      {
        stroke,
        font,
        grid,
        ticks: { show: false },
        size: 70,
        space: 32,
        values: (_plot, splits) => distinct(splits.map(format)),
      },
    ],
    series: [
      {},
      ...labels.map((label, index) => {
        const colour = COLOURS[index % COLOURS.length] ?? '#3b74f0';
        return {
          label,
          stroke: colour,
          width: 1.75,
          fill: index === 0 ? `${colour}1f` : undefined,
          points: { show: false },
          value: (_plot: uPlot, value: number | null) => (value === null ? '' : format(value)),
        };
      }),
    ],
  };
}

/** Where nothing was measured yet, the minute that has just passed. */
function spanOf(from: number | null, to: number | null): [number, number] {
  const end = to ?? Date.now() / 1000;
  return [Math.min(from ?? end, end - MIN_SPAN), end];
}

/** Of figures that read the same, the first alone. */
function distinct(figures: readonly string[]): string[] {
  return figures.map((figure, index) => (figures.indexOf(figure) === index ? figure : ''));
}
