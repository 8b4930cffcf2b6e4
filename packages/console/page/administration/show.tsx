import { useLanguage } from '../text/text.tsx';

/** A time of the API, in the reader's way of writing it. */
export function Moment({ value }: { value: unknown }) {
  const { text, tag } = useLanguage();
  if (typeof value !== 'string') return <>{text.common.never}</>;
  const time = new Date(value);
  return (
    <time dateTime={value} className="moment">
      {new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', hour12: false }).format(time)}
    </time>
  );
}

/** Whatever the API has for a member, as text; a dash where it has nothing. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ') || '–';
  if (typeof value === 'string' || typeof value === 'number') return String(value) || '–';
  if (typeof value === 'object' && value !== null && 'name' in value) return String(value.name);
  return '–';
}
