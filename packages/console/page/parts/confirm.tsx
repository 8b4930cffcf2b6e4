import { Button, Group, Modal, Text } from '@mantine/core';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { useText } from '../text/text.tsx';
import { Problem } from './problem.tsx';

export interface Question {
  readonly title: string;
  /** What follows from it. */
  readonly why: string;
  /** On the button: what is done. */
  readonly action: string;
  /** Does it. What it throws is shown, and the question stays. */
  act(): Promise<unknown>;
}

const AskContext = createContext<(question: Question) => void>(() => {});

/** Asks before something is done that cannot be taken back. */
export function useAsk(): (question: Question) => void {
  return useContext(AskContext);
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const { common } = useText();
  const [question, setQuestion] = useState<Question>();
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const ask = (asked: Question) => {
    setQuestion(asked);
    setError(undefined);
    setOpen(true);
  };
  const act = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await question?.act();
      setOpen(false);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <AskContext value={ask}>
      {children}
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={question?.title}
        closeButtonProps={{ 'aria-label': common.close }}
      >
        <Text>{question?.why}</Text>
        <Problem error={error} />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setOpen(false)} data-autofocus>
            {common.cancel}
          </Button>
          <Button color="red.8" loading={isBusy} onClick={() => void act()}>
            {question?.action}
          </Button>
        </Group>
      </Modal>
    </AskContext>
  );
}
