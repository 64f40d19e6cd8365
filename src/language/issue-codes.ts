/**
 * Every code that an issue of a definition may have, and what it means. Codes are stable: one is added
 * or retired, never renamed. `docs/errors.md` lists this table.
 */
export const ISSUE_CODES = {
  'definition.unparsable': 'The text is neither YAML nor JSON that can be read.',
  'definition.duplicate_key': 'An object has the same key twice.',
  'definition.unsupported': 'This cannot be said in the form asked for, or not yet.',
  'definition.unknown_field': 'There is no such field here; a near miss comes with a suggestion.',
  'definition.wrong_type': 'The value is of another type than the field takes.',
  'definition.wrong_value': 'The field does not take this value.',
  'definition.missing_field': 'A required field is missing.',
  'definition.forbidden_key': 'A key such as `__proto__` is never accepted.',
  'definition.forbidden_character': 'The text has a character that cannot be stored.',
  'definition.too_deep':
    'Values are nested more than 32 levels deep, or there are too many of them.',
  'definition.too_large':
    'A definition has 10,000 values and 1,000 edges at most, and 900,000 bytes as JSON.',
  'definition.more_issues':
    'Stands last for the issues that one answer has no room for, and counts them.',
  'definition.too_many_nodes': 'A workflow has 100 nodes at most.',
  'definition.too_many_conditions':
    'A definition has 1,000 conditions at most, and a group 200 with those of the groups inside it.',
  'definition.ignored_field': 'Throughline gives this field itself and ignores it on input.',
  'definition.unknown_workflow':
    'A node names a workflow that does not exist; a warning until the definition is activated.',
  'definition.unknown_template':
    'A node names a template that does not exist; a warning until the definition is activated.',
  'definition.unknown_node_type': 'There is no such node type.',
  'definition.duplicate_id': 'Two nodes, or two goals, have the same id.',
  'definition.reserved_id': '`end` and `trigger` mean something in edges and cannot name a node.',
  'definition.dangling_edge': 'An edge leads from or to a node that does not exist.',
  'definition.duplicate_edge': 'Two edges leave the same port; a fork is a `parallel` node.',
  'definition.unknown_port': 'The node does not have this port.',
  'definition.edge_never_taken':
    'The edge leaves a node that ends its path, or that goes on elsewhere.',
  'definition.unconnected_port':
    'A port has no edge: its path takes the `next` edge, or ends where there is none.',
  'definition.unreachable_node': 'No path leads to the node.',
  'definition.cycle_without_wait':
    'A path could run in circles without ever waiting, or does when a wait is skipped.',
  'definition.crossing_forks':
    'Branches of a fork meet at different joins, or a join is reached from inside and outside of a fork.',
  'definition.join_outside_fork': 'A path reaches the join with no fork open.',
  'definition.join_never_completes':
    'The join waits for a branch that neither reaches it nor ends.',
  'definition.join_too_many':
    'The join waits for more branches than the fork has, or than lead to it.',
  'definition.execute_if_not_allowed': 'Forks, joins and jumps cannot be skipped.',
  'definition.skip_ends_path':
    'When the node is skipped its path ends, since it has no `next` edge.',
  'definition.useless_field':
    'The field means nothing for a node of this type, or beside its other fields.',
  'definition.goal_inside_fork': 'A goal leads to a node between a fork and its join.',
  'definition.unknown_node': 'Something names a node that does not exist.',
  'definition.unknown_goal': 'A test expects a goal that does not exist.',
  'definition.condition_in_filter':
    'A filter looks at one event and the contact, so it cannot ask what else happened, or there is.',
  'definition.unknown_event': 'The event is not in the catalogue, and near one that is.',
  'definition.untracked_event':
    'Something hangs on openings or clicks, and no mail of the journey has them recorded.',
  'definition.unknown_zone': 'There is no such time zone.',
  'definition.bad_date': 'The text is no date.',
  'definition.bad_template': 'The Liquid template, or its MJML, cannot be read.',
  'definition.misspelt_name':
    'The name is nearly a known one: an error in a template, a warning in a condition.',
  'definition.unknown_name': 'Nothing in the workflow gives the name in a template a value.',
  'definition.test_not_let_in':
    'A test has a `trigger` that would not let her in, and does not expect so; a warning.',
  'definition.bad_pattern': 'The regular expression is not valid RE2.',
} as const satisfies Record<string, string>;

export type IssueCode = keyof typeof ISSUE_CODES;
