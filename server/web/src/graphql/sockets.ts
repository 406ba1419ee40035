// As many sockets as it takes: the server runs ten operations on one, and an event may have more routers than that carries.
// SPDX-License-Identifier: Apache-2.0
import type { Follow, Socket } from './socket';

const operationsPerSocket = 8;

export class Sockets implements Follow {
  readonly #open: { socket: Socket; running: number }[] = [];

  constructor(private readonly openSocket: () => Socket) {}

  readonly follow: Follow['follow'] = async (operation, next, signal) => {
    let carrier = this.#open.find((each) => each.running < operationsPerSocket);
    if (!carrier) {
      carrier = { socket: this.openSocket(), running: 0 };
      this.#open.push(carrier);
    }
    const taken = carrier;
    taken.running += 1;
    let isOver = false;
    const over = () => {
      if (!isOver) taken.running -= 1;
      isOver = true;
    };
    signal.addEventListener('abort', over);
    const ended = await taken.socket.follow(operation, next, signal);
    over();
    return ended;
  };

  /** Drops sockets that a sleeping computer may have left dead. */
  suspect(): void {
    for (const { socket } of this.#open) socket.suspect();
  }

  close(): void {
    for (const { socket } of this.#open) socket.close();
  }
}
