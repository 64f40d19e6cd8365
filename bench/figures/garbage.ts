/**
 * Garbage of a whole process, its threads included: workflows live in a thread, which `global.gc` does not reach.
 * It is collected through the inspector, which opens no port here.
 */
import { Session } from 'node:inspector/promises';

export interface Collector {
  /** Collects in every thread; resolves with the bytes that are still in use in their heaps. */
  collect(): Promise<number>;
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
}

interface Usage {
  readonly usedSize: number;
}

/** Attaches to the threads that run now. */
export async function openCollector(): Promise<Collector> {
  const session = new Session();
  session.connect();
  const threads: string[] = [];
  session.on('NodeWorker.attachedToWorker', ({ params }) => void threads.push(params.sessionId));
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  return {
    async collect() {
      await session.post('HeapProfiler.collectGarbage');
      // The types of Node.js forget what this method returns.
      const own: unknown = await session.post('Runtime.getHeapUsage');
      let total = (own as Usage).usedSize;
      for (const thread of threads) {
        await askThread(session, thread, 'HeapProfiler.collectGarbage');
        const { result } = await askThread(session, thread, 'Runtime.getHeapUsage');
        total += (result as Usage).usedSize;
      }
      return total;
    },
  };
}

let asked = 0;

async function askThread(session: Session, sessionId: string, method: string): Promise<Reply> {
  asked += 1;
  const id = asked;
  const replied = new Promise<Reply>((resolve) => {
    const listen = ({ params }: { params: { sessionId: string; message: string } }) => {
      const reply = JSON.parse(params.message) as Reply;
      if (params.sessionId !== sessionId || reply.id !== id) return;
      session.off('NodeWorker.receivedMessageFromWorker', listen);
      resolve(reply);
    };
    session.on('NodeWorker.receivedMessageFromWorker', listen);
  });
  const message = JSON.stringify({ id, method });
  await session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
  return replied;
}
