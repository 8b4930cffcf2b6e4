import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useLanguage } from '../text/text.tsx';
import { addDays, addMonths, monthOf, weeksOf } from './day.ts';

interface MonthGridProps {
  readonly month: string;
  readonly day: string;
  /** Days after it cannot be chosen. */
  readonly today: string;
  readonly marked: ReadonlySet<string> | undefined;
  onMonth(month: string): void;
  onChoose(day: string): void;
}

/** Days that an arrow key moves by. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** A month on one leaf. One day of it is reached by the tabulator, the others from there by the arrow keys. */
export function MonthGrid({ month, day, today, marked, onMonth, onChoose }: MonthGridProps) {
  const { text, tag } = useLanguage();
  const { calendar: words } = text;
  const [focused, setFocused] = useState(day);
  const grid = useRef<HTMLTableElement>(null);
  const weeks = weeksOf(month);
  const entry = monthOf(focused) === month && focused <= today ? focused : weeks.flat().find(Boolean);
  const title = new Intl.DateTimeFormat(tag, { year: 'numeric', month: 'long' });
  const full = new Intl.DateTimeFormat(tag, { dateStyle: 'full' });
  const weekday = new Intl.DateTimeFormat(tag, { weekday: 'short' });
  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = addDays(entry ?? day, step);
    if (next > today) return;
    setFocused(next);
    if (monthOf(next) !== month) onMonth(monthOf(next));
    requestAnimationFrame(() => grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus());
  };
  return (
    <div className="month">
      <div className="month-head">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={words.monthBefore}
          onClick={() => onMonth(addMonths(month, -1))}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
        <b aria-live="polite">{title.format(new Date(`${month}-01T00:00`))}</b>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={words.monthAfter}
          disabled={month >= monthOf(today)}
          onClick={() => onMonth(addMonths(month, 1))}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
      </div>
      <table ref={grid} onKeyDown={move}>
        <thead>
          <tr>
            {/* The fifth of January 2026 is a Monday. */}
            {Array.from({ length: 7 }, (_, index) => new Date(2026, 0, 5 + index)).map(date => (
              <th key={date.getDay()} scope="col">
                {weekday.format(date)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map(week => (
            <tr key={week.find(Boolean)}>
              {week.map((date, index) => (
                <td key={date ?? index}>
                  {date && (
                    <button
                      type="button"
                      data-day={date}
                      data-marked={marked?.has(date)}
                      data-autofocus={date === entry || undefined}
                      aria-current={date === today ? 'date' : undefined}
                      aria-pressed={date === day}
                      aria-label={
                        full.format(new Date(`${date}T00:00`)) +
                        (marked?.has(date) ? `, ${words.recorded}` : '')
                      }
                      tabIndex={date === entry ? 0 : -1}
                      disabled={date > today}
                      onClick={() => onChoose(date)}
                    >
                      {Number(date.slice(-2))}
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
