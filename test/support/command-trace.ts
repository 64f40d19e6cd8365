/**
 * A workflow interceptor that tells every command with all it carries.
 *
 * Replay itself compares only the kind and order of commands: another recipient, a longer timer or a
 * different retry policy would pass unnoticed.
 */
import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

export interface TraceSinks extends Sinks {
  trace: { command(kind: string, content: string): void };
}

const { trace } = proxySinks<TraceSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity(input, next) {
        const { activityType, args, options } = input;
        trace.command('activity', JSON.stringify({ activityType, args, options }));
        return next(input);
      },
      scheduleLocalActivity(input, next) {
        const { activityType, args, options } = input;
        trace.command('local activity', JSON.stringify({ activityType, args, options }));
        return next(input);
      },
      startTimer(input, next) {
        const { durationMs, options } = input;
        trace.command('timer', JSON.stringify({ durationMs, options }));
        return next(input);
      },
      continueAsNew(input, next) {
        trace.command('continue as new', JSON.stringify({ args: input.args }));
        return next(input);
      },
    },
  ],
});
