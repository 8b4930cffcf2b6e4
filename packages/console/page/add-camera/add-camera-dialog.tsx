import { Modal, Tabs } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client.ts';
import type { IngestRequest } from '../api/types.ts';
import { useText } from '../text/text.tsx';
import { GbHelp } from './gb-help.tsx';
import { RtmpForm } from './rtmp-form.tsx';
import { RtspForm } from './rtsp-form.tsx';
import { Trial } from './trial.tsx';
import './add-camera.css';

interface DialogProps {
  readonly isOpen: boolean;
  onClose(): void;
}

/** Adds a camera, and lets one watch how the connection to it is made. */
export function AddCameraDialog({ isOpen, onClose }: DialogProps) {
  const text = useText();
  const [tried, setTried] = useState<IngestRequest>();
  const [tab, setTab] = useState<string | null>('rtsp');
  const adding = useMutation({
    mutationFn: (body: IngestRequest) => api.ingest(body),
    onSuccess: (_ingest, body) => setTried(body),
  });
  const close = () => {
    onClose();
    setTried(undefined);
    adding.reset();
  };
  /** What was tried is taken back, and the form is as it was. */
  const change = async () => {
    if (adding.data) await api.removeIngest(adding.data.stream_id);
    setTried(undefined);
  };
  const submit = (body: IngestRequest) => adding.mutate(body);
  const state = { isBusy: adding.isPending, error: adding.error, onSubmit: submit };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={text.addCamera.title}
      size="lg"
      closeButtonProps={{ 'aria-label': text.common.close }}
    >
      {tried && adding.data && (
        <Trial
          ingest={adding.data}
          request={tried}
          onChange={change}
          onAnother={() => setTried(undefined)}
          onClose={close}
        />
      )}
      <div hidden={tried !== undefined}>
        <Tabs value={tab} onChange={setTab} keepMounted>
          <Tabs.List grow mb="md">
            <Tabs.Tab value="rtsp">{text.addCamera.rtsp}</Tabs.Tab>
            <Tabs.Tab value="rtmp">{text.addCamera.rtmp}</Tabs.Tab>
            <Tabs.Tab value="gb28181">{text.addCamera.gb}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="rtsp">
            <RtspForm {...state} />
          </Tabs.Panel>
          <Tabs.Panel value="rtmp">
            <RtmpForm {...state} />
          </Tabs.Panel>
          <Tabs.Panel value="gb28181">
            <GbHelp onClose={close} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </Modal>
  );
}
