import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Problem } from '../parts/problem.tsx';
import { useText } from '../text/text.tsx';
import type { Item } from './resource.ts';

/** One thing that a form asks for; `name` is what the API calls it. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'text' | 'password' | 'number' | 'choice' | 'choices' | 'words' | 'switch';
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly isRequired?: boolean;
  readonly initial?: unknown;
  /** Of a number: one of what is shown is so many of what the API has. */
  readonly scale?: number;
  /** What is made empty is sent as null: the API takes it away then. */
  readonly isClearable?: boolean;
  /** Only when something is made, or only when it is changed. */
  readonly when?: 'make' | 'change';
}

interface FormDialogProps {
  readonly title: string;
  readonly fields: readonly Field[];
  /** What is changed; undefined: something new is made. */
  readonly item: Item | undefined;
  /** What it throws is shown, and the dialog stays. */
  onSave(values: Readonly<Record<string, unknown>>): Promise<void>;
  onClose(): void;
}

/** Asks for what an item is to be. What was left empty, or as it is, is not sent. */
export function FormDialog({ title, fields, item, onSave, onClose }: FormDialogProps) {
  const { common } = useText();
  const [values, setValues] = useState<Readonly<Record<string, unknown>>>(() =>
    Object.fromEntries(fields.map(field => [field.name, item?.[field.name] ?? field.initial])),
  );
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await onSave(changed(fields, values, item));
      onClose();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': common.close }}>
      <form onSubmit={event => void submit(event)}>
        <Stack>
          {fields.map(field => (
            <FieldInput
              key={field.name}
              field={field}
              value={values[field.name]}
              onChange={value => setValues(old => ({ ...old, [field.name]: value }))}
            />
          ))}
          <Problem error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" loading={isBusy}>
              {item ? common.save : common.add}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function changed(
  fields: readonly Field[],
  values: Readonly<Record<string, unknown>>,
  item: Item | undefined,
): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ name, isClearable }) => {
      const value = values[name];
      const isEmpty = value === undefined || value === '';
      if (isEmpty) return isClearable && item?.[name] !== undefined ? [[name, null]] : [];
      return item && value === item[name] ? [] : [[name, value]];
    }),
  );
}

interface FieldInputProps {
  readonly field: Field;
  readonly value: unknown;
  onChange(value: unknown): void;
}

function FieldInput({ field, value, onChange }: FieldInputProps) {
  const common = { label: field.label, description: field.hint, required: field.isRequired };
  const text = typeof value === 'string' ? value : '';
  const { scale = 1 } = field;
  const words = Array.isArray(value) ? value.map(String) : [];
  switch (field.kind) {
    case 'text':
      return <TextInput {...common} value={text} onChange={event => onChange(event.currentTarget.value)} />;
    case 'password':
      return (
        <PasswordInput
          {...common}
          autoComplete="new-password"
          value={text}
          onChange={event => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          min={0}
          allowDecimal={false}
          value={typeof value === 'number' ? value / scale : ''}
          onChange={next => onChange(typeof next === 'number' ? Math.round(next * scale) : undefined)}
        />
      );
    case 'choice':
      return (
        <Select {...common} data={[...(field.choices ?? [])]} value={text || null} onChange={onChange} />
      );
    case 'choices':
      return <MultiSelect {...common} data={[...(field.choices ?? [])]} value={words} onChange={onChange} />;
    case 'words':
      return <TagsInput {...common} value={words} onChange={onChange} />;
    case 'switch':
      return (
        <Switch
          label={field.label}
          description={field.hint}
          checked={value === true}
          onChange={event => onChange(event.currentTarget.checked)}
        />
      );
  }
}
