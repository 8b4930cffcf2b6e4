import { Alert, Button, Group, List, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconFileDownload, IconStethoscope } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { api } from '../api/client.ts';
import { useDiagnosis } from '../api/queries.ts';
import type { Diagnosis as Verdict } from '../api/types.ts';
import { Loading } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { useLanguage, useText } from '../text/text.tsx';
import './diagnosis.css';
import { TimeLine } from './time-line.tsx';

const COLOURS = { live: 'teal', waiting: 'yellow', failing: 'red' } as const;

/** What the server thinks of a stream that has no picture, in short, and what to change. */
export function ShortDiagnosis({ streamId, isWanted }: { streamId: string; isWanted: boolean }) {
  const { data } = useDiagnosis(streamId, isWanted);
  if (!isWanted || !data || data.verdict === 'live') return null;
  return <Words diagnosis={data} />;
}

/** Which steps from the source to the picture were taken, what was seen instead, what to change; and all of it as a file. */
export function Diagnosis({ streamId }: { streamId: string }) {
  const { text, tag } = useLanguage();
  const { diagnosis: words } = text;
  const { data, error, refetch } = useDiagnosis(streamId);
  const clock = new Intl.DateTimeFormat(tag, { timeStyle: 'medium', hour12: false });
  if (error && !data) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      {data.verdict === 'live' && <Words diagnosis={data} />}
      <div className="diagnosis">
        <section>
          <h2 className="section">{words.steps}</h2>
          <ol className="ladder">
            {data.steps.map(step => (
              <li key={step.id} data-done={step.done} data-missing={step.id === data.missing_step}>
                {step.done ? (
                  <IconCircleCheck size={20} role="img" aria-label={words.done} />
                ) : (
                  <IconCircleDashed size={20} role="img" aria-label={words.missing} />
                )}
                <div>
                  <span>{words.stepNames[step.id] ?? step.title}</span>
                  {step.at && <time dateTime={step.at}>{clock.format(new Date(step.at))}</time>}
                  {step.detail && <p>{step.detail}</p>}
                </div>
              </li>
            ))}
          </ol>
          {data.findings.length > 0 && (
            <>
              <h2 className="section">{words.findings}</h2>
              <List size="sm" spacing={4}>
                {data.findings.map(({ step, at, means, detail }) => (
                  <List.Item key={`${step} ${at}`}>
                    {means}
                    {detail && (
                      <Text size="sm" c="dimmed">{`${clock.format(new Date(at))} · ${detail}`}</Text>
                    )}
                  </List.Item>
                ))}
              </List>
            </>
          )}
        </section>
        <section>
          <Group justify="space-between" align="end">
            <h2 className="section">{text.stream.history}</h2>
            <SupportFile streamId={streamId} />
          </Group>
          <TimeLine entries={data.history} />
        </section>
      </div>
    </>
  );
}

function Words({ diagnosis: { verdict, summary, advice } }: { diagnosis: Verdict }) {
  const { diagnosis: words } = useText();
  return (
    <Alert
      color={COLOURS[verdict]}
      variant="outline"
      icon={<IconStethoscope />}
      title={words.verdicts[verdict]}
      mt="md"
    >
      <Text size="sm">{summary}</Text>
      {advice.length > 0 && (
        <>
          <Text size="sm" fw={600} mt="xs">
            {words.advice}
          </Text>
          <List size="sm" type="ordered" spacing={4}>
            {advice.map(line => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </>
      )}
    </Alert>
  );
}

/** Everything that is known of a stream, as a file for whoever is asked for help. */
function SupportFile({ streamId }: { streamId: string }) {
  const { diagnosis: words } = useText();
  const saving = useMutation({
    mutationFn: async () => {
      const [server, stream, diagnosis, nodes] = await Promise.all([
        ...[api.server(), api.stream(streamId), api.diagnosis(streamId), api.nodes()],
      ]);
      const made = new Date().toISOString();
      const text = JSON.stringify(
        { made, browser: navigator.userAgent, server, stream, diagnosis, nodes },
        undefined,
        2,
      );
      const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      const link = document.createElement('a');
      Object.assign(link, { href: url, download: `${streamId}-${made.replaceAll(/[:.]/g, '-')}.json` });
      link.click();
      URL.revokeObjectURL(url);
    },
  });
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconFileDownload size={16} />}
        loading={saving.isPending}
        title={words.supportWhy}
        onClick={() => saving.mutate()}
      >
        {words.support}
      </Button>
      <Problem error={saving.error} />
    </>
  );
}
