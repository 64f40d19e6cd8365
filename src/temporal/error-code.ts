import { isGrpcServiceError } from '@temporalio/client';

/** The statuses of gRPC, in the order of their numbers. */
const STATUSES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export type GrpcStatus = (typeof STATUSES)[number];

/** What a server of Temporal answered instead of a result; null for an error of another kind. */
export function grpcStatus(error: unknown): GrpcStatus | null {
  for (let each = error; each instanceof Error; each = each.cause)
    if (isGrpcServiceError(each)) return STATUSES[each.code] ?? 'UNKNOWN';
  return null;
}

/**
 * A code or the class of an error, with the status behind it: `ServiceError INVALID_ARGUMENT`. Texts may
 * hold addresses and belong in no log.
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const status = grpcStatus(error);
  if (status !== null) return `${error.name} ${status}`;
  return 'code' in error ? String(error.code) : error.name;
}
