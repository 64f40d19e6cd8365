/** Names a published version; histories carry this instead of the graph. */
export interface GraphRef {
  readonly workspaceId: string;
  readonly workflowId: string;
  readonly version: number;
  readonly hash: string;
}
