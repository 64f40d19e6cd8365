import { z } from 'zod';
import { defineNodeType } from '../node-type';

export const end = defineNodeType({
  type: 'end',
  kind: 'decision',
  summary: 'Ends the path.',
  description:
    'Ends the path it stands on; the enrollment is `completed` when its last path has ended.',
  config: z.strictObject({}),
  ports: [],
  missingEdge: 'end',
  examples: [{ title: 'The end', data: {}, takes: null }],
  label: () => 'End',
  decide: () => ({ port: null, reason: { code: 'path.ended' } }),
});
