import { el } from './dom.ts';
import { plural } from './format.ts';

/** Asks before a stream is stopped; resolves to what was answered. */
export function askToStop(streamId: string, viewers: number): Promise<boolean> {
  const who = viewers === 0 ? 'Its publisher is' : `Its publisher and ${plural(viewers, 'viewer')} are`;
  const dialog = el(
    'dialog',
    { 'aria-labelledby': 'stop-title' },
    el(
      'form',
      { method: 'dialog' },
      el('h2', { id: 'stop-title' }, `Stop ${streamId}?`),
      el(
        'p',
        { class: 'consequence' },
        `${who} disconnected. An encoder that reconnects by itself comes back.`,
      ),
      el(
        'div',
        { class: 'choices' },
        el('button', { value: 'keep', autofocus: true }, 'Keep it'),
        el('button', { value: 'stop', class: 'danger' }, 'Stop the stream'),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'stop');
    });
  });
}
