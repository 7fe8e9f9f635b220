// The PowerSync SDK from npm against a real server: `tests/clients/test_powersync.py` starts one and says where it is.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { CommonPowerSyncDatabase, LogRecord } from '@powersync/common';
import { PowerSyncDatabase } from '@powersync/node';
import {
  collections, connect, deviceSession, enrol, FieldproofConnector, isIntact, makeKey, newPhones, Refused, resync, schema, tap,
  type Session,
} from '../src/adapters/powersync.js';
import { NotSendable } from '../src/canonical.js';
import { uuid7 } from '../src/adapters/powersync_signing.js';

type Row = Record<string, unknown>;
interface Cast { server: string; ids: Record<string, string>; tokens: Record<string, string> }
const cast = JSON.parse(process.env.FIELDPROOF_POWERSYNC ?? 'null') as Cast;
const folder = mkdtempSync(join(tmpdir(), 'fieldproof-powersync-'));
const QUICK = { retryDelayMs: 100, crudUploadThrottleMs: 20 };
let made = 0;

async function call<T = Row>(who: string | null, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(cast.server + path, {
    method,
    headers: { 'content-type': 'application/json', ...(who ? { authorization: `Bearer ${cast.tokens[who]}` } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${text}`);
  return (text ? JSON.parse(text) : null) as T;
}

const sql = (statement: string) => call(null, 'POST', '/test/sql', { statement });

async function until(what: string, holds: () => Promise<boolean>, seconds = 15): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A new technician with an enrolled phone, its database, and what went over its network. */
class Phone {
  readonly warnings: string[] = [];
  readonly requests: string[] = [];
  /** What the network does with an upload: pass it, lose its reply, fail before it is sent, or refuse what is large. */
  uploads: 'pass' | 'lose reply' | 'fail' | 'small door' = 'pass';
  signIns = 0;
  db!: CommonPowerSyncDatabase;
  connector!: FieldproofConnector;

  private constructor(readonly userId: string, readonly session: Session, readonly file: string) {}

  static async make(): Promise<Phone> {
    const user = await call<{ id: string }>('root', 'POST', '/v1/users', {
      login: `tech${++made}-${process.pid}`, name: `Tech ${made}`, role: 'technician', office_id: cast.ids.office, password: 'correct horse battery',
    });
    await call('root', 'POST', '/v1/technicians', { user_id: user.id, skills: ['chiller'] });
    const { code } = await call<{ code: string }>('mei', 'POST', `/v1/users/${user.id}/enrolment-codes`);
    const key = await makeKey();
    const session = deviceSession(cast.server, await enrol(cast.server, key, code, 'powersync'), key);
    const phone = new Phone(user.id, session, `phone${made}.db`);
    await phone.start();
    return phone;
  }

  /** The app starts on what is on the disk. */
  async start(): Promise<void> {
    this.db = new PowerSyncDatabase({
      schema,
      database: { dbFilename: this.file, dbLocation: folder, implementation: { type: 'node:sqlite' }, readWorkerCount: 1 },
      logger: { log: (record: LogRecord) => this.#logged(record) },
    });
    await this.db.init();
    const counting: Session = { ...this.session, signIn: () => (this.signIns++, this.session.signIn()) };
    this.connector = new FieldproofConnector(counting, async (input, init) => {
      this.requests.push(String(init?.body));
      if (this.uploads === 'fail') throw new TypeError('no network');
      if (this.uploads === 'small door' && String(init?.body).length > 3000) return new Response('<html>', { status: 413 });
      const response = await fetch(input, init);
      if (this.uploads === 'lose reply') {
        await response.text();
        throw new TypeError('the reply was lost');
      }
      return response;
    });
  }

  #logged(record: LogRecord): void {
    const text = String(record.message);
    // what the SDK's core says when the sums differ
    if (text.startsWith('Could not apply checkpoint,')) this.warnings.push(text);
  }

  connect = () => connect(this.db, this.connector, QUICK);
  tap = (kind: string, visitId: string, body: Record<string, unknown> = {}) =>
    tap(this.db, this.session, { kind, visitId, body });
  note = (visitId: string, text: string) => this.tap('note', visitId, { note_id: uuid7(), text });
  count = async (table: string) => (await this.db.get<{ n: number }>(`SELECT count(*) AS n FROM "${table}"`)).n;
  state = async (visitId: string) =>
    (await this.db.getOptional<{ state: string }>('SELECT state FROM visit WHERE id = ?', [visitId]))?.state;
  outcome = async (id: string) => this.db.getOptional<Row>('SELECT outcome, code, was FROM outcome WHERE id = ?', [id]);

  /** Why the phone does not hold exactly what the server's scope view says, or null. */
  async difference(): Promise<string | null> {
    const expected = await call<Record<string, { rev: number; body: Row }>>(null, 'GET', `/test/shown/${this.userId}`);
    const keys = new Set(Object.keys(expected));
    for (const [name, table] of Object.entries(collections)) {
      for (const row of await this.db.getAll<Row>(`SELECT * FROM "${name}"`)) {
        const key = `${name}/${row.id}`;
        const wanted = expected[key];
        if (!keys.delete(key) || wanted === undefined) return `surplus ${key}`;
        if (wanted.rev !== row._rev) return `${key} is at ${row._rev}, not ${wanted.rev}`;
        for (const { name: field } of table.columns.filter((one) => !one.name.startsWith("_"))) {
          const value: unknown = wanted.body[field];
          const stored = value !== null && typeof value === 'object' ? JSON.parse(String(row[field])) : row[field];
          assert.deepEqual(stored, typeof value === 'boolean' ? Number(value) : value, `${key}.${field}`);
        }
      }
    }
    return keys.size ? `missing ${[...keys].join()}` : null;
  }

  /** Wait until the phone holds what the server's view says, and check it against the scope's own count and checksum. */
  async converges(): Promise<void> {
    let why: string | null = null;
    try {
      await until('the phone holds the scope', async () => (why = await this.difference()) === null);
    } catch (error) {
      throw new Error(`${why}; ${JSON.stringify(this.db.currentStatus)}`, { cause: error });
    }
    assert.ok(await isIntact(this.db));
    assert.deepEqual(this.warnings, []);
  }

  async end(): Promise<void> {
    await this.db.close();
  }
}

async function assign(visitId: string, ...phones: Phone[]): Promise<void> {
  await call('mei', 'POST', `/v1/visits/${visitId}/assign`, {
    technician_ids: phones.map(({ userId }) => userId),
    window_start: '2026-03-02T09:00:00+08:00', window_end: '2026-03-02T11:00:00+08:00',
  });
}

async function visit(...phones: Phone[]): Promise<string> {
  const job = { site_id: cast.ids.site, asset_id: cast.ids.asset, title: 'Chiller shows E42' };
  const { visits } = await call<{ visits: { id: string }[] }>('mei', 'POST', '/v1/jobs', job);
  await assign(visits[0]!.id, ...phones);
  return visits[0]!.id;
}

const notes = async (visitId: string) =>
  (await call<{ kind: string; operation_id: string | null }[]>('mei', 'GET', `/v1/visits/${visitId}/history`))
    .filter(({ kind }) => kind === 'note').length;

describe('the PowerSync SDK', { skip: cast === null && 'runs with a server: pytest tests/clients/test_powersync.py' }, () => {
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('a first sync brings the visit and all that belongs to it', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    assert.equal(await phone.state(visitId), 'dispatched');
    assert.ok((await phone.count('checklist_item')) > 0 && (await phone.count('part')) > 0);
    await sql("update site set access_note = 'gate 4711'");
    await until('the change arrives', async () =>
      (await phone.db.getOptional<Row>('SELECT access_note FROM site'))?.access_note === 'gate 4711');
    await phone.converges();
    await phone.end();
  });

  test('a day offline, with the app killed in between, is uploaded in order', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    await phone.db.disconnect();
    const taps = [await phone.tap('accept', visitId), await phone.tap('depart', visitId)];
    await phone.end();
    await phone.start();
    taps.push(await phone.tap('start', visitId), await phone.note(visitId, 'Fan blocked: "E42" — 风机'));
    assert.equal(await phone.count('pending'), 4);
    assert.equal(await phone.state(visitId), 'dispatched');
    await phone.connect();
    await until('the effect arrives', async () => (await phone.state(visitId)) === 'in_progress');
    // What was tapped stays visible until its effect is: never neither.
    assert.equal(await phone.count('pending'), 0);
    assert.equal(await phone.count('outbox'), 0);
    for (const id of taps) assert.equal((await phone.outcome(id))?.outcome, 'applied');
    assert.deepEqual(await phone.db.getAll('SELECT text FROM note'), [{ text: 'Fan blocked: "E42" — 风机' }]);
    assert.ok(phone.requests.every((body) => !body.includes('"pull":true')));
    await phone.converges();
    await phone.end();
  });

  test('a phone that was enrolled in the technician\'s name is told by the next upload, until it was shown', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    const { code } = await call<{ code: string }>('mei', 'POST', `/v1/users/${phone.userId}/enrolment-codes`);
    const other = await enrol(cast.server, await makeKey(), code, 'tablet');
    await phone.note(visitId, 'x');
    await until('it is told', async () => (await newPhones(phone.db)).length > 0);
    assert.deepEqual((await newPhones(phone.db)).map((one) => [one.device_id, one.label]), [[other, 'tablet']]);
    await phone.connector.newPhonesWereShown(phone.db);
    const again = await phone.note(visitId, 'y');
    await until('the next is up', async () => (await phone.outcome(again)) !== null);
    assert.deepEqual(await newPhones(phone.db), []);
    await phone.end();
  });

  test('a lost reply is answered again, and the work is there once', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    phone.uploads = 'lose reply';
    const id = await phone.note(visitId, 'once');
    await until('it was sent', async () => phone.requests.length >= 2);
    assert.equal(await phone.count('outbox'), 1);
    phone.uploads = 'pass';
    await until('it is known', async () => (await phone.count('outbox')) === 0);
    assert.deepEqual(await phone.outcome(id), { outcome: 'duplicate', code: null, was: 'applied' });
    await until('the note arrives', async () => (await phone.count('note')) === 1);
    await phone.converges();
    assert.equal(await notes(visitId), 1);
    await phone.end();
  });

  test('a visit that is taken away with unsent work stays until the work is up, and nothing is lost', async () => {
    const [phone, other] = [await Phone.make(), await Phone.make()];
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    phone.uploads = 'fail';
    const note = await phone.note(visitId, 'I was there');
    const start = await phone.tap('start', visitId);
    await assign(visitId, other);
    await new Promise((resolve) => setTimeout(resolve, 700)); // the removal has come down by now
    assert.equal(await phone.state(visitId), 'dispatched');
    assert.equal(await phone.count('outbox'), 2);
    phone.uploads = 'pass';
    await until('the visit leaves', async () => (await phone.state(visitId)) === undefined);
    assert.equal((await phone.outcome(note))?.outcome, 'applied');
    assert.deepEqual(await phone.outcome(start), { outcome: 'parked', code: 'after_reassignment', was: null });
    assert.equal(await notes(visitId), 1);
    await phone.converges();
    assert.equal(await phone.count('operation'), 1);
    await other.connect();
    await other.converges();
    assert.equal(await other.count('note'), 1);

    await assign(visitId, phone); // granted again
    await until('the visit is back', async () => (await phone.state(visitId)) !== undefined);
    await phone.converges();
    await other.converges();
    assert.equal(await other.state(visitId), undefined);
    await phone.end();
    await other.end();
  });

  test('a removal that comes while the phone is dark leaves the outbox alone', async () => {
    const [phone, other] = [await Phone.make(), await Phone.make()];
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    await phone.db.disconnect();
    const id = await phone.note(visitId, 'in the cellar');
    await assign(visitId, other);
    await phone.connect();
    await until('it is up', async () => (await phone.outcome(id)) !== null);
    await phone.converges();
    assert.equal(await phone.state(visitId), undefined);
    assert.equal(await notes(visitId), 1);
    await phone.end();
    await other.end();
  });

  test('a poison operation is parked and holds nothing up', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.connect();
    const bad = await phone.tap('teleport', visitId);
    const good = await phone.tap('accept', visitId);
    await until('the good one is there', async () => (await phone.state(visitId)) === 'accepted');
    assert.deepEqual(await phone.outcome(bad), { outcome: 'parked', code: 'unknown_kind', was: null });
    assert.equal((await phone.outcome(good))?.outcome, 'applied');
    await phone.converges();
    await phone.end();
  });

  test('what no server takes is refused at the tap, and a batch that is too large goes in pieces', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await assert.rejects(phone.tap('part_used', visitId, { quantity: 0.5 }), NotSendable);
    await assert.rejects(phone.note(visitId, 'x'.repeat(1_000_000)), NotSendable);
    assert.equal(await phone.count('outbox'), 0);
    phone.uploads = 'small door';
    const taps: string[] = [];
    for (let number = 0; number < 9; number++) taps.push(await phone.note(visitId, 'x'.repeat(300)));
    await phone.connect();
    await until('everything is up', async () => (await phone.count('outbox')) === 0);
    for (const id of taps) assert.equal((await phone.outcome(id))?.outcome, 'applied');
    await phone.end();
  });

  test('what a device with a broken chain left unsent lands once the phone is enrolled anew', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    await phone.db.disconnect();
    const left = [await phone.note(visitId, 'one'), await phone.note(visitId, 'two')];
    await sql(`update device set last_hash = repeat('0', 64), last_seq = 0 where id = '${phone.session.deviceId}'`);
    await phone.connect();
    await until('it is refused', async () => phone.db.currentStatus.uploadError instanceof Refused);
    assert.equal(await phone.count('outbox'), 2);
    await phone.db.disconnect();

    const { code } = await call<{ code: string }>('mei', 'POST', `/v1/users/${phone.userId}/enrolment-codes`);
    const key = await makeKey();
    const session = deviceSession(cast.server, await enrol(cast.server, key, code, 'anew'), key);
    await connect(phone.db, new FieldproofConnector(session), QUICK);
    const later = await tap(phone.db, session, { kind: 'note', visitId, body: { note_id: uuid7(), text: 'three' } });
    await until('all of it has landed', async () => (await phone.count('outbox')) === 0);
    for (const id of [...left, later]) assert.equal((await phone.outcome(id))?.outcome, 'applied', id);
    assert.equal(await notes(visitId), 3);
    await phone.converges();
    await phone.end();
  });

  test('a broken chain is refused loudly, and the outbox is kept', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.note(visitId, 'a');
    await phone.db.execute("UPDATE outbox SET signature = replace(signature, substr(signature, 1, 4), 'AAAA')");
    await phone.connect();
    await until('it is refused', async () => phone.db.currentStatus.uploadError instanceof Refused);
    assert.equal((phone.db.currentStatus.uploadError as Refused).problem.code, 'wrong_signature');
    assert.equal(await phone.count('outbox'), 1);
    await phone.end();
  });

  for (const [name, key] of [['the scope', "key <> 'catalogue'"], ['the catalogue', "key = 'catalogue'"], ['both', 'true']]) {
    test(`a new epoch of ${name} fetches the rows anew, online and after a time offline`, async () => {
      const phone = await Phone.make();
      const visitId = await visit(phone);
      await phone.connect();
      await phone.converges();
      await sql(`update sync_scope set epoch = epoch + 1 where ${key}`);
      await sql("update part set unit_price = unit_price + 1");
      await call('mei', 'POST', `/v1/visits/${visitId}/assign`, {
        technician_ids: [phone.userId], window_start: '2026-03-03T09:00:00+08:00', window_end: '2026-03-03T11:00:00+08:00',
      });
      await phone.converges();
      await phone.db.disconnect();
      const id = await phone.note(visitId, 'kept');
      await sql(`update sync_scope set epoch = epoch + 1 where ${key}`);
      await sql("update part set unit_price = unit_price + 1");
      await phone.connect();
      await until('it is up', async () => (await phone.outcome(id))?.outcome === 'applied');
      await phone.converges();
      await phone.end();
    });
  }

  test('a cleared database keeps the outbox, uploads it and fetches everything anew', async () => {
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    await phone.db.disconnect();
    const id = await phone.note(visitId, 'survives');
    await resync(phone.db, phone.connector, QUICK);
    await until('it is up', async () => (await phone.outcome(id)) !== null);
    await until('the note arrives', async () => (await phone.count('note')) === 1);
    await phone.converges();
    await phone.end();
  });

  test('a stream goes on when its token expires', async () => {
    await call(null, 'POST', '/test/token-lifetime', { seconds: 2 });
    const phone = await Phone.make();
    const visitId = await visit(phone);
    await phone.connect();
    await phone.converges();
    await until('it signed in again', async () => phone.signIns >= 3);
    const id = await phone.note(visitId, 'after it expired');
    await until('it is up', async () => (await phone.outcome(id))?.outcome === 'applied');
    await sql("update site set access_note = 'after it expired'");
    await phone.converges();
    await phone.end();
    await call(null, 'POST', '/test/token-lifetime', { seconds: 900 });
  });

  test('any interleaving of changes, taps and cuts converges, and every checksum holds', async () => {
    let seed = Number(process.env.SEED ?? 20260301);
    const dice = (sides: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % 65536 % sides;
    const [phone, other] = [await Phone.make(), await Phone.make()];
    const visits = [await visit(phone), await visit(phone), await visit(other)];
    await phone.connect();
    for (let round = 0; round < 60; round++) {
      const one = visits[dice(visits.length)]!;
      switch (dice(8)) {
        case 0: case 1: await assign(one, dice(2) ? phone : other); break;
        case 2: await sql(`update site set access_note = 'gate ${round}'`); break;
        case 3: await sql('update part set unit_price = unit_price + 1'); break;
        case 4: await phone.note(one, `note ${round}`); break;
        case 5: await sql(`update sync_scope set epoch = epoch + 1 where technician_id = '${phone.userId}'`); break;
        case 6: await (phone.db.connected ? phone.db.disconnect() : phone.connect()); break;
        default:
          await sql(`update sync_scope set min_rev = rev where technician_id = '${phone.userId}'`);
          await sql('delete from sync_member m using sync_scope s where s.id = m.scope_id and not m.present and m.rev <= s.min_rev');
      }
      if (dice(4) === 0) {
        await phone.connect();
        await phone.converges();
      }
    }
    await phone.connect();
    await phone.converges();
    await until('everything is up', async () => (await phone.count('outbox')) === 0);
    await phone.converges();
    await other.connect();
    await other.converges();
    await phone.end();
    await other.end();
  });
});
