import { ActionIcon, Button, Group, Popover } from '@mantine/core';
import { IconCalendar, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useLanguage } from '../text/text.tsx';
import { addDays, dayOf, monthOf } from './day.ts';
import { MonthGrid } from './month-grid.tsx';
import './calendar.css';

interface DayPickerProps {
  readonly day: string;
  /** Of the month that is looked at: days that have something. Undefined where that is not known. */
  readonly marked?: ReadonlySet<string> | undefined;
  onChange(day: string): void;
  /** Another month is looked at. */
  onMonth?(month: string): void;
}

/** A day that is not to come: by the arrows the one before or after, by the calendar any. */
export function DayPicker({ day, marked, onChange, onMonth }: DayPickerProps) {
  const { text, tag } = useLanguage();
  const { calendar: words } = text;
  const [isOpen, setOpen] = useState(false);
  const [month, setMonth] = useState(() => monthOf(day));
  const today = dayOf(new Date());
  const look = (next: string) => {
    setMonth(next);
    onMonth?.(next);
  };
  const choose = (next: string) => {
    look(monthOf(next));
    setOpen(false);
    onChange(next);
  };
  const name = new Intl.DateTimeFormat(tag, { dateStyle: 'full' }).format(new Date(`${day}T00:00`));
  return (
    <Group gap={4} wrap="nowrap" role="group" aria-label={words.day}>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={words.dayBefore}
        onClick={() => choose(addDays(day, -1))}
      >
        <IconChevronLeft size={18} />
      </ActionIcon>
      <Popover opened={isOpen} onChange={setOpen} trapFocus returnFocus shadow="md" position="bottom-start">
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconCalendar size={17} />}
            onClick={() => setOpen(open => !open)}
          >
            {name}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <MonthGrid month={month} day={day} today={today} marked={marked} onMonth={look} onChoose={choose} />
        </Popover.Dropdown>
      </Popover>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={words.dayAfter}
        disabled={day >= today}
        onClick={() => choose(addDays(day, 1))}
      >
        <IconChevronRight size={18} />
      </ActionIcon>
    </Group>
  );
}
