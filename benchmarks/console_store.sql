-- A store of many cases, for SQLite: closed one after the other over ten months, the newest fiftieth still open.
-- Dates of what is open lie around the moment of the measurement: some have passed, most have not.

CREATE TEMP TABLE n AS
WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :cases)
SELECT
    i,
    strftime('%Y-%m-%d %H:%M:%f000+00:00', julianday('2026-01-02') + 302.0 * i / :cases) AS closed,
    strftime('%Y-%m-%d %H:%M:%f000+00:00', julianday('2026-11-02 09:00') + (i % 200 - 60) / 24.0) AS later,
    i > :cases - :cases / 50 AS is_open,
    CASE WHEN i % 2003 = 1 THEN 'Lifts' WHEN i % 5 = 0 THEN 'Heating' WHEN i % 5 = 1 THEN 'Plumbing' ELSE 'Electrical ' || (i % 5) END AS department,
    'Branch ' || (i % 12) AS branch,
    CASE i % 100 WHEN 0 THEN 'Anna' ELSE 'First' || (i % 500) END AS given_name,
    'Last' || (i % 5000) AS family_name,
    CASE
        WHEN i % 2003 = 0 THEN 'unreachable' WHEN i % 97 = 0 THEN 'unresolved' WHEN i % 13 = 0 THEN 'recovered'
        WHEN i % 7 = 0 THEN 'suppressed' WHEN i % 5 < 2 THEN 'no answer' ELSE 'satisfied'
    END AS disposition
FROM numbers;

INSERT INTO services (
    id, source, external_id, closing, body_sha256, received_at, closed_at, taken_at, kind, department, branch, region,
    timezone, customer_name, email, phone, channels, tags
)
SELECT
    i, 'crm', 'TICKET' || i, 1, '', closed, closed, closed, 'job completed', department, branch, 'DE-BE',
    'Europe/Berlin', given_name || ' ' || family_name, 'c' || i || '@example.com', '+4930' || (10000000 + i), 'email', ''
FROM n;

INSERT INTO cases (
    id, service_id, stage, opened_at, policy_version, kind, department, branch, region, timezone, recipient_timezone,
    email_key, phone_key, preferred, ladder, rung, closed_at, contact_not_before_at, contact_due_at, next_at, asked_at,
    contacted_at, contact_channel, reminders, disposition, reason, clause, rating
)
SELECT
    i, i,
    CASE WHEN is_open THEN CASE i % 40 WHEN 0 THEN 'escalated' WHEN 1 THEN 'recovering' ELSE 'asked' END ELSE 'closed' END,
    closed, :version, 'job completed', department, branch, 'DE-BE', 'Europe/Berlin', 'Europe/Berlin',
    printf('%064x', i), printf('%064x', 1000000000 + i), 1, 'email,phone', 0, closed, closed, closed, later, closed, closed, 'email', 0,
    CASE WHEN NOT is_open THEN disposition END, 'as it was judged', '4.3', 1 + i % 5
FROM n;

INSERT INTO case_words (word, case_id)
SELECT lower(given_name), i FROM n UNION ALL SELECT lower(family_name), i FROM n UNION ALL SELECT 'ticket' || i, i FROM n
UNION ALL SELECT 'crm', i FROM n;

INSERT INTO case_contact_words (word, case_id)
SELECT '4930' || (10000000 + i), i FROM n UNION ALL SELECT 'example', i FROM n UNION ALL SELECT 'com', i FROM n;

-- Twelve entries for each case, as a case without a concern has; one event is rare.
CREATE TEMP TABLE happened (hours, event);
INSERT INTO happened VALUES
    (0, 'case_opened'), (0, 'stage_changed'), (4, 'message_owed'), (4, 'stage_changed'), (4, 'message_accepted'),
    (5, 'message_delivered'), (30, 'answer_received'), (30, 'answer_judged'), (30, 'message_owed'),
    (30, 'stage_changed'), (31, 'message_accepted'), (102, 'record_sealed');
INSERT INTO entries (at, event, case_id, actor, clause, detail)
SELECT
    strftime('%Y-%m-%d %H:%M:%f000+00:00', closed, hours || ' hours'),
    CASE WHEN i % 2003 = 0 AND event = 'record_sealed' THEN 'record_incomplete' ELSE event END,
    i, 'aftercare', '4.1', json_object('from', 'planned', 'to', 'asked', 'reason', 'the slot has come')
FROM n CROSS JOIN happened;
DROP TABLE happened;

INSERT INTO answers (id, case_id, version, nonce, received_at, channel, rating, comment, contact_me, solved, concern)
SELECT i, i, 1, 'n' || i, closed, 'email', 1 + i % 5, 'The boiler leaks again.', 0, 0, 0
FROM n WHERE i % 3 = 0 OR i % 40 < 2;

INSERT INTO escalations (
    case_id, answer_id, severity, reasons, department, owner, owner_email, supervisor, supervisor_email, received_at,
    opened_at, acknowledge_by, deadline_at, resolve_by, acknowledged_at, acknowledged_by, closed_at, outcome, warned,
    repeats, reopened, next_at
)
SELECT
    i, i, 'dissatisfied', json_array('rating 1'), department, 'Bench',
    CASE i % 3 WHEN 0 THEN 'bench@example.com' ELSE 'petra@example.com' END, 'Bench', 'bench@example.com',
    closed, closed, later, later, later, CASE WHEN i % 80 < 40 THEN closed END, CASE WHEN i % 80 < 40 THEN 'Bench' END,
    CASE WHEN NOT is_open THEN closed END, CASE WHEN NOT is_open THEN 'recovered' END, 0, 0, 0, later
FROM n WHERE i % 40 < 2;

INSERT INTO calls (case_id, attempt, reason, owed_at, due_from, due_to, done_at, done_by, outcome)
SELECT
    i, 1, 'prefers the phone', closed, '2026-11-02 08:00:00.000000+00:00', '2026-11-02 19:00:00.000000+00:00',
    CASE WHEN NOT is_open THEN closed END, CASE WHEN NOT is_open THEN 'Bench' END,
    CASE WHEN NOT is_open THEN 'answered' END
FROM n WHERE i % 20 = 3;

-- One reply for ten cases waits for a person, one in ten of them about no case, and one for each open case. As many were
-- reviewed.
INSERT INTO replies (
    channel, external_id, case_id, from_key, received_at, text, raw, attachments, understood, proposal, read_by, warned,
    settled_at, settled_by, settlement
)
SELECT
    CASE i % 2 WHEN 0 THEN 'email' ELSE 'sms' END, 'R' || i, CASE WHEN i % 100 < 90 THEN i END, printf('%064x', i),
    strftime('%Y-%m-%d %H:%M:%f000+00:00', later, '-1 day'), 'Well, I would say that it was a 4. Who comes for the pump?',
    'Well, I would say that it was a 4. Who comes for the pump?' || char(10) || '> How did we do?', 0, 'unclear',
    json_object('as', 'answer', 'rating', 4), later, 0,
    CASE WHEN i % 10 = 1 THEN later END, CASE WHEN i % 10 = 1 THEN 'Bench' END, CASE WHEN i % 10 = 1 THEN 'answer' END
FROM n WHERE i % 10 < 2 OR is_open;

INSERT INTO entries (at, event, case_id, ref_id, actor, clause, detail)
SELECT received_at, 'reply_received', case_id, id, 'customer', '4.5', json_object('to a person', 'asks a question')
FROM replies;

DROP TABLE n;

ANALYZE
