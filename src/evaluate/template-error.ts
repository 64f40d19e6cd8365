import { EvaluationFailed } from '../journey/facts';

/** A template that cannot be read, or that went over a limit while it was rendered. */
export class TemplateError extends EvaluationFailed {
  override readonly name = 'TemplateError';
  /** `limit` may have been a busy machine, so it is worth another try; `invalid` never is. */
  constructor(
    readonly kind: 'invalid' | 'limit',
    message: string,
    /** Where in the template the fault begins, if that is known. */
    readonly begin: number | null = null,
  ) {
    super(kind === 'limit' ? 'template.limit' : 'template.failed', message);
  }
}
