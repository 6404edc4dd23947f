"""What each template is given. A template that uses anything else is refused when the program starts."""

from typing import Final

from vocabulary import Purpose

_CUSTOMER: Final = frozenset({"company", "customer_name", "service_kind", "service_date", "unsubscribe_url"})
_ASK: Final = _CUSTOMER | {
    "branch", "department", "survey_url", "rating_urls", "trap_url", "answer_until",
}  # fmt: skip
_STAFF: Final = frozenset({"company", "escalation_id", "case_id", "department", "owner", "role", "severity", "missed"})

MESSAGE_VALUES: Final[dict[Purpose, frozenset[str]]] = {
    Purpose.SURVEY: _ASK,
    Purpose.REMINDER: _ASK | {"reminder_number", "last"},
    Purpose.RECOVERY_SURVEY: _ASK | {"resolved_on", "action_taken"},
    Purpose.THANK_YOU: _CUSTOMER | {"has_concern", "contact_by", "change_url"},
    Purpose.CONCERN_UPDATE: _CUSTOMER | {"words", "written_by"},
    Purpose.ANSWER_TO_REPLY: _CUSTOMER | {"words", "written_by"},
    Purpose.SAFETY_ADVICE: _CUSTOMER | {"advice"},
    Purpose.DANGER_ALARM: frozenset({
        "company", "alarm_id", "danger", "danger_department", "received_at", "role", "rung", "missed", "url",
    }),
    Purpose.REPLY_WAITING: frozenset({
        "company", "reply_id", "case_id", "department", "owner", "role", "percent", "time_left", "received_at",
        "deadline_at", "missed", "url",
    }),
    Purpose.CONCERN_HANDED_OVER: _STAFF | {
        "words", "written_by", "comment", "customer_name", "customer_email", "customer_phone", "acknowledge_by",
        "deadline_at", "resolve_by", "url",
    },
    Purpose.MESSAGE_LOST: _STAFF | {"lost", "url"},
    Purpose.SUBTASK_NOTICE: _STAFF | {"subtask_id", "words", "written_by", "due", "result", "ended_by", "url"},
    Purpose.ESCALATION_NOTICE: _STAFF | {
        "supervisor", "reasons", "rating", "comment", "contact_me", "customer_name", "customer_email",
        "customer_phone", "service_kind", "service_date", "received_at", "acknowledge_by", "deadline_at",
        "resolve_by", "repeat", "url",
    },
    Purpose.DEADLINE_WARNING: _STAFF | {"percent", "what", "deadline_at", "time_left", "url"},
    Purpose.SIGNATURE_REQUEST: _STAFF | {
        "asked_by", "asked_at", "attempts", "channels", "first_at", "root_cause", "action_taken", "declined_by",
        "url",
    },
    Purpose.MONTHLY_BULLETIN: frozenset({"company", "month", "figures", "findings", "thanks", "review_path", "missed"}),
}  # fmt: skip

_TEXT: Final = frozenset({"company", "customer_name", "service_date", "survey_url"})
TEXT_VALUES: Final[dict[Purpose, frozenset[str]]] = {
    Purpose.SURVEY: _TEXT,
    Purpose.REMINDER: _TEXT | {"last"},
    Purpose.RECOVERY_SURVEY: _TEXT,
    Purpose.THANK_YOU: frozenset({"company", "customer_name", "service_date", "has_concern", "contact_by"}),
    Purpose.CONCERN_UPDATE: frozenset({"company", "words", "written_by"}),
    Purpose.ANSWER_TO_REPLY: frozenset({"company", "words", "written_by"}),
    Purpose.SAFETY_ADVICE: frozenset({"company", "advice"}),
    Purpose.DANGER_ALARM: frozenset({"company", "alarm_id", "danger", "danger_department", "role", "url"}),
}
"""Of the SMS to customers. Staff get mails, and a text only about a danger."""
CUSTOMER_PURPOSES: Final = frozenset({*TEXT_VALUES}) - {Purpose.DANGER_ALARM}
"""Mails to customers, in their language. Mails to staff are in English."""

PAGE_VALUES: Final[dict[str, frozenset[str]]] = {
    "survey": frozenset({
        "company", "customer_name", "service_kind", "service_date", "branch", "action", "nonce", "preselected",
        "comment", "contact_me", "errors", "already", "change_until", "unsubscribe_path", "recovery", "trap_path",
    }),
    "thanks": frozenset({"company", "has_concern", "contact_by", "change_until"}),
    "again": frozenset({"company", "closed", "kept"}),
    "unavailable": frozenset({"company"}),
    "unsubscribe": frozenset({"company", "action", "out"}),
    "unsubscribe_again": frozenset({"company", "action", "again", "stop", "back"}),
    "unsubscribed": frozenset({"company"}),
    "welcome_back": frozenset({"company", "texts_stopped"}),
    "preference_set": frozenset({"company", "channel", "until"}),
    "problem": frozenset({"company", "problem"}),
}  # fmt: skip

_CALL: Final = frozenset({
    "company", "call", "what", "attempt", "customer_name", "spoken_name", "phone", "until", "window", "service_kind",
    "service_date", "department", "branch", "reason", "reads", "says", "unserved", "said_date", "handled_by",
    "contact_by", "commands",
})  # fmt: skip
CALL_VALUES: Final[dict[str, frozenset[str]]] = {
    "survey": _CALL,
    "confirm": _CALL | {"said_rating", "said_comment", "said_contact_me"},
    "recovery": _CALL | {"action_taken", "resolved_on"},
}
"""Of the scripts of calls. `said_date` and `contact_by` are said, in the customer's language; other dates are read by
the caller. `spoken_name` is how the customer is
asked for, `reads` and `says` are names of languages, `unserved` the tag of one that we do not write."""

DOCUMENT_VALUES: Final[dict[str, frozenset[str]]] = {
    "preview": frozenset({"messages", "texts", "pages", "calls", "languages"}),
    "review": frozenset(
        {
            "company",
            "document",
            "clauses",
            "month",
            "before",
            "version",
            "written",
            "policy_version",
            "headline",
            "findings",
            "complete",
            "tables",
            "groups",
            "least",
            "charts",
        }
    ),
}

CONSOLE_FRAME: Final = frozenset(
    {"company_name", "person_name", "menu", "banners", "fault", "done", "csrf", "nonce", "wrote", "keys", "key_list"}
)
"""What every page of the console is given by its frame."""
CONSOLE_BARE: Final[dict[str, frozenset[str]]] = {
    "sign_in": frozenset({"company_name", "next", "email", "fault", "done", "by_company", "kept", "ended"}),
    "no_account": frozenset({"company_name"}),
    "no_answer": frozenset({"company_name"}),
    "stale": frozenset({"company_name"}),
}
"""Pages of the console for somebody who is not signed in."""
CONSOLE_PAGES: Final[dict[str, frozenset[str]]] = {
    "me": frozenset({
        "email", "roles", "departments", "timezone", "away_from", "away_until", "people", "has_password",
    }),
    "cases": frozenset({
        "asked", "faults", "rows", "next", "first", "departments", "branches", "stages", "dispositions",
    }),
    "concern_clock": frozenset({
        "concern", "zone", "clauses", "paths", "clocks", "told", "coming", "pauses", "paused", "tried", "requests",
        "request", "own_request", "may_work", "may_pause", "may_resume", "may_sign", "codes", "outcomes", "causes",
        "until", "note", "action", "reason",
    }),
    "day": frozenset({"sections", "zone", "today"}),
    "calls": frozenset({"zone", "dangers", "rows", "more", "asleep", "nothing", "mine", "minutes", "clause"}),
    "call": frozenset({
        "number", "case", "head", "language", "spoken", "script", "customer", "past", "zone", "clause", "state",
        "may_take", "may_record", "held_for", "outcomes", "ratings", "comment", "call_back_at",
    }),
    "call_final": frozenset({
        "number", "path", "act", "customer", "question", "follows", "button", "clause", "state",
    }),
    "replies": frozenset({"rows", "lost", "first", "more", "zone", "clause"}),
    "reply": frozenset({
        "reply", "zone", "clause", "done_as", "proposal", "ratings", "acts", "obstacles", "explain", "said", "ways",
        "texts", "goes_out", "not_written", "departments", "next_path", "known", "undo",
    }),
    "reply_opt_out": frozenset({"reply", "clause", "done_as", "channels", "said", "explain", "next_path"}),
    "case": frozenset({
        "case", "contact", "concerns", "moments", "zone", "clauses", "said", "sealed", "runs", "opt_outs", "lift_path",
        "undo",
    }),
    "opt_outs": frozenset({
        "number", "path", "rows", "may_lift", "customer_only", "some_stay", "seen", "said", "clause", "zone",
    }),
    "concerns": frozenset({"asked", "faults", "rows", "next", "zone", "departments", "severities", "states"}),
    "concern": frozenset({
        "concern", "contact", "clocks", "paused", "moments", "zone", "clauses", "said", "may", "ways", "texts",
        "elsewhere", "owners", "departments", "subtasks", "others", "attached", "causes",
    }),
    "subtask": frozenset({"subtask", "zone", "clauses", "said", "may"}),
    "causes": frozenset({"rows", "next", "zone"}),
    "cause": frozenset({"concern", "causes", "zone", "clauses", "said", "moments"}),
    "log": frozenset(
        {"asked", "faults", "rows", "next", "first", "zone", "events", "departments", "export", "workbook", "most"}
    ),
    "reviews": frozenset({"rows", "zone"}),
    "report_missing": frozenset({"title", "folder", "command"}),
    "set_up": frozenset({"sections", "open"}),
    "people": frozenset({"rows"}),
    "person_new": frozenset({"said", "roles", "known"}),
    "person": frozenset({
        "said", "roles", "known", "path", "shut_out", "is_me", "concerns", "stands_in_for", "people",
    }),
    "help": frozenset({"title", "task", "day", "late", "buttons", "guides", "all_keys"}),
    "sending": frozenset({"rows", "choices", "said", "path", "zone"}),
    "nothing_here": frozenset(),
    "runs": frozenset({"zone", "stages", "troubles", "days", "prefect_answers", "missing", "prefect_url"}),
    "refused": frozenset(),
    "alarms": frozenset({"rows", "zone", "clause"}),
    "alarm": frozenset({
        "alarm", "said", "customer", "advised_by", "reach", "case", "moments", "zone", "clause", "wrote",
    }),
    "on_call": frozenset({"rows", "to_do", "departments", "wrote", "may_change", "zone", "clause"}),
}  # fmt: skip
CONSOLE_VALUES: Final = CONSOLE_BARE | {name: own | CONSOLE_FRAME for name, own in CONSOLE_PAGES.items()}

OPTIONAL: Final = frozenset({"change_url"})
"""Values that may be left out. A template must ask `is defined` before it uses one."""

FIELDS: Final[dict[str, frozenset[str]]] = {
    "company": frozenset({"name", "postal_address", "phone", "privacy_url"}),
    "rating_urls": frozenset({"rating", "url"}),
    "figures": frozenset({"label", "value", "note"}),
    "errors": frozenset({"field", "fault", "over"}),
    "messages": frozenset({"title", "subject", "html", "text"}),
    "texts": frozenset({"title", "text", "length", "segments"}),
    "pages": frozenset({"title", "html"}),
    "stages": frozenset(
        {
            "name",
            "description",
            "standing",
            "alarms",
            "due",
            "last",
            "next",
            "runs",
            "did",
        }
    ),
    "troubles": frozenset({"name", "at", "what", "link"}),
    "calls": frozenset({"title", "text"}),
    "languages": frozenset({"tag", "name", "index", "shown"}),
}
"""The fields of the values that are mappings, or lists of mappings."""
