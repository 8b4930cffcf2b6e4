/** What somebody likes, kept in this browser. */
const SOUND = 'flux-sound';

export function startsWithSound(): boolean {
  return localStorage.getItem(SOUND) === 'on';
}

export function startWithSound(isOn: boolean): void {
  localStorage.setItem(SOUND, isOn ? 'on' : 'off');
}
