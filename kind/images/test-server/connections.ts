import type { Socket } from 'node:net';

/** Numbers the connections in the order of their first call, so that reuse can be seen. */
export class Connections {
  readonly #numbers = new WeakMap<Socket, number>();
  #last = 0;

  numberOf(socket: Socket): number {
    const known = this.#numbers.get(socket);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#numbers.set(socket, this.#last);
    return this.#last;
  }
}
