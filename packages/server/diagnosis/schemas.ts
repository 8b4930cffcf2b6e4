import { type TSchema, Type } from 'typebox';
import { HistoryEntrySchema, named, oneOf, Time, the } from '../schemas.ts';

export const DiagnosisSchema = named(
  'Diagnosis',
  Type.Object({
    stream_id: Type.String(),
    verdict: oneOf(['live', 'waiting', 'failing']),
    summary: Type.String({ description: 'In words' }),
    missing_step: Type.Optional(Type.String({ description: 'The first step that is missing' })),
    steps: Type.Array(
      Type.Object({
        id: Type.String(),
        title: Type.String(),
        done: Type.Boolean(),
        at: Type.Optional(Time),
        detail: Type.Optional(Type.String()),
      }),
    ),
    findings: Type.Array(
      Type.Object({ step: Type.String(), means: Type.String(), detail: Type.String(), at: Time }),
      { description: 'What was seen instead' },
    ),
    advice: Type.Array(Type.String(), { description: 'What to change, the likeliest first' }),
    history: Type.Array(the(HistoryEntrySchema), { description: 'The time line that all this is from' }),
  }),
);

export const DIAGNOSIS_SCHEMAS: readonly TSchema[] = [DiagnosisSchema];
