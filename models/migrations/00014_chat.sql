-- +goose Up
-- Approvals in the chat. Somebody who is asked to decide also gets a card from the bot, which is replaced by the outcome.
-- The outbox takes both with the act that causes them, by triggers and not in the acts' own statements: where no platform
-- can send to one person, no act carries, plans or locks anything for it.
ALTER TABLE employees ADD COLUMN notify text NOT NULL DEFAULT 'both' CHECK (notify IN ('both', 'mail', 'chat'));

-- The platforms whose bot can send to one person, as the last process that serves them said.
CREATE TABLE chat_platforms (
    kind    text PRIMARY KEY,
    seen_at timestamptz NOT NULL
);

CREATE TABLE chat_cards (
    id        uuid PRIMARY KEY,                        -- the notification that it carries
    person_id uuid NOT NULL REFERENCES employees (id),
    case_id   uuid NOT NULL REFERENCES cases (id),
    slot      text NOT NULL,
    digest    text NOT NULL,                           -- of the material it asks about
    version   integer NOT NULL,
    platform  text NOT NULL,
    asked_at  timestamptz NOT NULL,                    -- when the platform was asked first
    message   text NOT NULL DEFAULT '',                -- the platform's id of the message
    receipt   jsonb,                                   -- of sending
    sent_at   timestamptz,
    shows     text NOT NULL DEFAULT '',                -- closed: the outcome that it shows, or why it shows none
    changed   jsonb,                                   -- receipt of replacing it by the outcome
    closed_at timestamptz
);
CREATE INDEX chat_cards_open ON chat_cards (case_id) WHERE closed_at IS NULL;

-- +goose StatementBegin
CREATE FUNCTION chat_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM chat_platforms) THEN
        INSERT INTO outbox (kind, key, payload, due_at, created_at)
        VALUES ('chat', 'chat:' || NEW.key, jsonb_build_object('notification', NEW.id), now(), now()) ON CONFLICT (key) DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION chat_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM chat_cards WHERE case_id = NEW.id AND closed_at IS NULL) THEN
        INSERT INTO outbox (kind, key, payload, due_at, created_at)
        VALUES ('chat_cards', 'chat_cards:' || NEW.id || ':' || NEW.seq, jsonb_build_object('case_id', NEW.id), now(), now()) ON CONFLICT (key) DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER notifications_chat AFTER INSERT ON notifications FOR EACH ROW
    WHEN (NEW.subject = 'case' AND NEW.slot <> '' AND NEW.kind IN ('ask', 'urge', 'remind', 'escalated', 'ask_for', 'urge_for', 'remind_for'))
    EXECUTE FUNCTION chat_asked();
CREATE TRIGGER cases_chat AFTER UPDATE OF seq ON cases FOR EACH ROW WHEN (NEW.seq <> OLD.seq) EXECUTE FUNCTION chat_moved();

-- +goose Down
DROP TRIGGER notifications_chat ON notifications;
DROP TRIGGER cases_chat ON cases;
DROP FUNCTION chat_asked, chat_moved;
DROP TABLE chat_cards, chat_platforms;
DELETE FROM outbox WHERE kind IN ('chat', 'chat_cards') AND done_at IS NULL;
ALTER TABLE employees DROP COLUMN notify;
