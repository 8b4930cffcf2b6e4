import { randomUUID } from 'node:crypto';
import type { Role } from '@flux-iot/core/access/access-policy';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Kysely, Selectable } from 'kysely';
import type { UserRow } from '../database/tables/accounts.ts';
import type { Tables } from '../database/tables.ts';
import { isDuplicate } from '../database/violations.ts';
import { hashPassword } from './password.ts';

export interface User {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly role: Role;
  readonly isActive: boolean;
  readonly hasPassword: boolean;
  readonly createdAt: number;
}

export interface NewUser {
  readonly tenantId: string;
  readonly name: string;
  readonly role: Role;
  /** Without one, the user can come in by a login link alone. */
  readonly password?: string;
}

export interface UserChange {
  readonly role?: Role;
  readonly password?: string;
  readonly isActive?: boolean;
}

/** People who use the page and the API. Names are unique over all tenants, and written small. */
export class UserStore {
  readonly #sql: Kysely<Tables>;

  constructor(sql: Kysely<Tables>) {
    this.#sql = sql;
  }

  /** By name; of one tenant, or of all. */
  async list(tenantId?: string): Promise<User[]> {
    let query = this.#sql.selectFrom('users').selectAll().orderBy('name');
    if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
    return (await query.execute()).map(userOf);
  }

  async find(id: string): Promise<User | undefined> {
    const row = await this.#sql.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
    return row && userOf(row);
  }

  /** With the hash of the password, for a login. */
  async findByName(name: string): Promise<{ readonly user: User; readonly hash: string | null } | undefined> {
    const query = this.#sql.selectFrom('users').selectAll().where('name', '=', name.toLowerCase());
    const row = await query.executeTakeFirst();
    return row && { user: userOf(row), hash: row.password_hash };
  }

  /** Throws `NAME_TAKEN`. */
  async create({ tenantId, name, role, password }: NewUser): Promise<User> {
    const row = {
      id: randomUUID(),
      tenant_id: tenantId,
      name: name.toLowerCase(),
      role,
      password_hash: password === undefined ? null : await hashPassword(password),
      is_active: 1,
      created_at: Date.now(),
    };
    try {
      await this.#sql.insertInto('users').values(row).execute();
    } catch (cause) {
      if (isDuplicate(cause))
        throw new FluxError('NAME_TAKEN', `There is a user ${row.name} already.`, { cause });
      throw cause;
    }
    return userOf(row);
  }

  /** A new password and a deactivation end the user's sessions. */
  async change(id: string, { role, password, isActive }: UserChange): Promise<void> {
    const change = {
      ...(role === undefined ? {} : { role }),
      ...(password === undefined ? {} : { password_hash: await hashPassword(password) }),
      ...(isActive === undefined ? {} : { is_active: isActive ? 1 : 0 }),
    };
    if (Object.keys(change).length === 0) return;
    await this.#sql.transaction().execute(async transaction => {
      await transaction.updateTable('users').set(change).where('id', '=', id).execute();
      if (password === undefined && isActive !== false) return;
      await transaction.deleteFrom('sessions').where('user_id', '=', id).execute();
      await transaction.deleteFrom('login_links').where('user_id', '=', id).execute();
    });
  }

  /** Its sessions and keys go with it. */
  async remove(id: string): Promise<void> {
    await this.#sql.deleteFrom('users').where('id', '=', id).execute();
  }
}

function userOf(row: Selectable<UserRow>): User {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    name: row.name,
    role: row.role as Role,
    isActive: row.is_active === 1,
    hasPassword: row.password_hash !== null,
    createdAt: row.created_at,
  };
}
