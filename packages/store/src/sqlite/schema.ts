/**
 * The tables of the index. Another version is thrown away and built anew, so nothing is ever
 * migrated.
 *
 * `mark` finds decisions by what was decided, of the action or of its result; `span` finds the
 * records of a time, whatever the clock did.
 */
export const schemaVersion = 1;

export const schema: string = `
CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1), place TEXT NOT NULL);
CREATE TABLE agent (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE subject (id INTEGER PRIMARY KEY, facets TEXT NOT NULL UNIQUE);
CREATE TABLE session (id INTEGER PRIMARY KEY, name TEXT NOT NULL, root TEXT NOT NULL, UNIQUE (name, root));
CREATE INDEX session_root ON session (root);
CREATE TABLE decision (
  seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, agent INTEGER NOT NULL, session INTEGER,
  subject INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL,
  ended INTEGER, end_seq INTEGER, end_segment INTEGER, end_offset INTEGER
);
CREATE INDEX decision_agent ON decision (agent, seq);
CREATE INDEX decision_session ON decision (session, seq) WHERE session IS NOT NULL;
CREATE TABLE mark (subject INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (subject, seq)) WITHOUT ROWID;
CREATE TABLE span (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, min_ms INTEGER NOT NULL, max_ms INTEGER NOT NULL);
CREATE TABLE note (seq INTEGER PRIMARY KEY, session INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL);
CREATE INDEX note_session ON note (session, seq);
PRAGMA user_version = ${schemaVersion};
`;
