import type { Bus, BusValue } from '@flux-iot/core/bus/bus';
import type { QueryReport } from '../database/open-database.ts';
import type { Step, Tracing } from './tracing.ts';

/** The bus, with a step for each question that is asked by it. */
export function traceBus(bus: Bus, tracing: Tracing): Bus {
  return {
    get member() {
      return bus.member;
    },
    get directory() {
      return bus.directory;
    },
    get isConnected() {
      return bus.isConnected;
    },
    request: (subject, payload, options) =>
      tracing.step(questionOf(subject, payload), () => bus.request(subject, payload, options)),
    serve: (subject, handler) => bus.serve(subject, handler),
    publish: (subject, payload) => bus.publish(subject, payload),
    subscribe: (subject, receiver) => bus.subscribe(subject, receiver),
    onLost: receiver => bus.onLost(receiver),
    close: () => bus.close(),
  };
}

/** Of what is asked, the method alone: parameters may be secrets. */
function questionOf(subject: string, payload: BusValue): Step {
  const method = typeof payload === 'object' && payload !== null && 'method' in payload && payload.method;
  const name = typeof method === 'string' ? `${subject} ${method}` : subject;
  const attributes = { 'rpc.system.name': 'flux-bus', 'rpc.method': name };
  return { name, attributes };
}

/** Makes steps of questions to the database. Their values are not in the text. */
export function traceQueries(tracing: Tracing): (report: QueryReport) => void {
  return ({ system, sql, milliseconds, failure }) => {
    const operation = /^\s*(\w{1,20})/.exec(sql)?.[1]?.toUpperCase() ?? 'QUERY';
    const attributes = { 'db.system.name': system, 'db.operation.name': operation, 'db.query.text': sql };
    tracing.taken({ name: `${system} ${operation}`, attributes }, milliseconds, failure);
  };
}
