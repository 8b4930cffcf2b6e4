import { execFile } from 'node:child_process';

/** systemd's own time-out for a start ends what hangs for longer. */
const TIMEOUT = 10_000;

/**
 * Tells systemd that the service is ready (sd_notify(3)), where systemd waits for that: it set NOTIFY_SOCKET then,
 * which is a datagram socket in the Unix domain. Node.js cannot send to such a one, so systemd's own program does;
 * it is there wherever systemd is. Being another process than the service's main one, it needs `NotifyAccess=all`.
 * Never throws; a failure is a warning of the process.
 */
export function notifySystemd(): Promise<void> {
  if (process.env.NOTIFY_SOCKET === undefined) return Promise.resolve();
  return new Promise(resolve => {
    execFile('systemd-notify', ['--ready'], { timeout: TIMEOUT }, error => {
      if (error) process.emitWarning(`systemd could not be told of the start: ${error.message.trim()}`);
      resolve();
    });
  });
}
