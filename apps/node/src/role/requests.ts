/** Open requests to the role machine. Each is answered exactly once. */
import type { ReplogError } from '@replog/contracts/errors.js';

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (refusal: ReplogError) => void;
}

export class Requests<Request, Answer> {
  private readonly waiting = new Map<number, Waiting<Request, Answer>>();
  private lastId = 0;

  /** `ask` passes the request to the machine under its id. */
  open(request: Request, ask: (id: number) => void): Promise<Answer> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { request, resolve, reject });
      ask(id);
    });
  }

  find(id: number): Request {
    return this.waitingFor(id).request;
  }

  answer(id: number, answer: Answer): void {
    this.close(id).resolve(answer);
  }

  refuse(id: number, refusal: ReplogError): void {
    this.close(id).reject(refusal);
  }

  private close(id: number): Waiting<Request, Answer> {
    const waiting = this.waitingFor(id);
    this.waiting.delete(id);
    return waiting;
  }

  private waitingFor(id: number): Waiting<Request, Answer> {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) throw new Error(`request ${id} is answered already`);
    return waiting;
  }
}
