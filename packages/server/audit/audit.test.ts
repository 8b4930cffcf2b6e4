import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql as statement } from 'kysely';
import { expect, it } from 'vitest';
import { openDatabase } from '../database/open-database.ts';
import { describeDatabases } from '../database/test-support.ts';
import { AuditLog } from './audit-log.ts';
import { csvLine } from './csv.ts';
import type { AuditEvent } from './entry.ts';
import { redact } from './redact.ts';
import { verifyAudit } from './verify.ts';

const EVENT: AuditEvent = {
  actor: 'ada',
  actorId: 'u1',
  tenantId: 'acme',
  action: 'POST /api/v1/users',
  target: 'users/u2',
  address: '10.0.0.1',
  result: 'ok',
  requestId: 'r1',
  details: { name: 'bob' },
};

describeDatabases('The audit log', databases => {
  it('keeps entries in order, finds them, and says that nothing was changed', async () => {
    const database = await databases.open();
    const log = new AuditLog(database);
    const refused = {
      ...EVENT,
      actor: 'eve',
      tenantId: 'evil',
      result: 'refused',
      code: 'NOT_ALLOWED',
    } as const;
    await Promise.all([log.append(EVENT), log.append(refused), log.append({ ...EVENT, action: 'login' })]);
    const found = await log.search({}, 10);
    expect(found.map(({ sequence, actor, action }) => [sequence, actor, action])).toEqual([
      [3, 'ada', 'login'],
      [2, 'eve', EVENT.action],
      [1, 'ada', EVENT.action],
    ]);
    expect(found[2]).toMatchObject(EVENT);
    expect(await log.search({ tenantId: 'acme', action: 'login' }, 10)).toHaveLength(1);
    expect(await log.count({ result: 'refused' })).toBe(1);
    expect(await log.search({ since: Date.now() + 1000 }, 10)).toEqual([]);
    const verdict = await verifyAudit(database.sql);
    expect(verdict).toEqual({ entries: 3, head: { sequence: 3, hash: found[0]!.hash } });
  });

  it('shows every way of tampering', async () => {
    const database = await databases.open();
    const log = new AuditLog(database);
    for (let number = 1; number <= 5; number++) await log.append({ ...EVENT, target: `users/${number}` });
    const { head } = await verifyAudit(database.sql);
    const { sql } = database;
    // Whoever owns the database can take the guards away; the chain shows it all the same.
    const triggers =
      databases.kind === 'sqlite'
        ? ['DROP TRIGGER audit_no_update', 'DROP TRIGGER audit_no_delete']
        : ['DROP TRIGGER audit_append_only ON audit'];
    for (const trigger of triggers) await statement.raw(trigger).execute(sql);
    await sql.updateTable('audit').set({ actor: 'eve' }).where('sequence', '=', 3).execute();
    expect((await verifyAudit(sql)).fault).toEqual({
      sequence: 3,
      reason: 'it was changed after it was written',
    });
    await sql.deleteFrom('audit').where('sequence', '=', 3).execute();
    expect((await verifyAudit(sql)).fault).toEqual({ sequence: 4, reason: 'entries 3 to 3 are missing' });
    await sql.updateTable('audit').set({ sequence: 3 }).where('sequence', '=', 4).execute();
    expect((await verifyAudit(sql)).fault).toEqual({
      sequence: 3,
      reason: 'it does not follow the entry before it',
    });
    // An end that was cut off is seen by whoever noted the head down.
    await sql.deleteFrom('audit').where('sequence', '>', 2).execute();
    expect(await verifyAudit(sql, head.hash)).toMatchObject({ entries: 2, hasNoted: false });
  });

  it('is retained for some days, and the chain goes on from there', async () => {
    const database = await databases.open();
    const log = new AuditLog(database);
    await log.append(EVENT);
    await log.append(EVENT);
    expect(await log.retain(1)).toBe(0);
    expect(await log.retain(1, Date.now() + 2 * 86_400_000)).toBe(2);
    await log.append(EVENT);
    expect((await log.search({}, 10)).map(({ sequence }) => sequence)).toEqual([3]);
    expect(await verifyAudit(database.sql)).toMatchObject({ entries: 1, head: { sequence: 3 } });
  });

  it('holds all that was acknowledged when the process is killed', async () => {
    const url = await databases.url();
    await (await openDatabase(url)).close();
    const program = `
      import { openDatabase } from '${import.meta.dirname}/../database/open-database.ts';
      import { AuditLog } from '${import.meta.dirname}/audit-log.ts';
      const log = new AuditLog(await openDatabase(process.env.TEST_DATABASE));
      for (let number = 1; ; number++) {
        await log.append({ ...${JSON.stringify(EVENT)}, target: String(number) });
        process.stdout.write(number + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      env: { ...process.env, TEST_DATABASE: url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.split('\n').length > 50) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = Number(output.trim().split('\n').at(-1));
    expect(acknowledged).toBeGreaterThanOrEqual(50);
    const database = await openDatabase(url);
    const verdict = await verifyAudit(database.sql);
    expect(verdict.fault).toBeUndefined();
    expect(verdict.entries).toBeGreaterThanOrEqual(acknowledged);
    await database.close();
  });
});

it('writes down no secrets', () => {
  const body = {
    name: 'cam',
    password: 'p',
    nested: { api_key: 'k', list: [{ token: 't' }] },
    url: 'rtsp://admin:hunter2@camera/live?token=abc#x',
    long: 'x'.repeat(2000),
  };
  const text = JSON.stringify(redact(body));
  expect(redact(body)).toMatchObject({ name: 'cam', password: '…', url: 'rtsp://…@camera/live?…#x' });
  for (const secret of ['"p"', '"k"', '"t"', 'hunter2', 'abc']) expect(text).not.toContain(secret);
  expect(text.length).toBeLessThan(1000);
});

it('writes CSV that a spreadsheet does not run', () => {
  expect(csvLine(['a', 1, null, 'x,"y"', '=cmd()', '-1'])).toBe(`a,1,,"x,""y""",'=cmd(),'-1\r\n`);
});
