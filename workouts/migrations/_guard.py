"""The guard: on PostgreSQL, it prevents new duplicates from 0004 until 0005 adds the constraint.

The old version writes while a release runs: it looks up a workout's selection, finds none, and inserts one. Two
concurrent requests would still insert two rows. The guard is a trigger before each insert: it applies the rule of 0004
to the existing rows, archives them, fills the new row from them, and accepts the new row, which counts as the most
recent one. So the old version never gets an error.

Only one writer per workout runs at a time: the advisory lock makes the second see what the first has committed.

Foreign keys of other software that refer to a removed row are changed to refer to the new one (_references.py). The new
row does not exist yet, so the foreign key must be checked at the end of the transaction: 0004 makes it deferrable, and
0005 makes it not deferrable again.
"""

from workouts.migrations._references import FOREIGN_KEYS

INDEX = "workout_selections_guard"

# The array is in the order of the rule. is_selected is filled first, because a skipped row takes no time_of_day.
INSTALL = f"""
CREATE OR REPLACE FUNCTION keep_one_workout_selection() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $guard$
DECLARE
    removed workout_selections[];
    one workout_selections;
    filled jsonb;
    chooser integer;
    going integer[];
    reference record;
    referring jsonb;
    noted jsonb := '{{}}';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('workout_selections'), NEW.workout_id);
    SELECT array_agg(id) INTO going FROM (
        SELECT id FROM workout_selections WHERE workout_id = NEW.workout_id AND id <> NEW.id FOR UPDATE
    ) AS held;
    IF going IS NULL THEN
        RETURN NEW;
    END IF;
    FOR reference IN {FOREIGN_KEYS} LOOP
        EXECUTE format(
            'SELECT jsonb_object_agg(id, keys) FROM (SELECT %1$s AS id, json_agg(%2$s)::text AS keys'
            ' FROM %3$s AS referring WHERE %1$s = ANY ($1) GROUP BY 1) AS found',
            reference.field, coalesce(reference.key, 'NULL'), reference.source
        ) INTO referring USING going;
        CONTINUE WHEN referring IS NULL;
        noted := noted || jsonb_build_object(reference.source || '.' || reference.field, referring);
        SET CONSTRAINTS ALL DEFERRED;
        EXECUTE format('UPDATE %1$s SET %2$s = $1 WHERE %2$s = ANY ($2)', reference.source, reference.field)
        USING NEW.id, going;
    END LOOP;
    WITH gone AS (
        DELETE FROM workout_selections WHERE workout_id = NEW.workout_id AND id <> NEW.id RETURNING *
    )
    SELECT array_agg(ROW(gone.*)::workout_selections ORDER BY updated_at DESC NULLS LAST, id DESC)
    INTO removed FROM gone;
    IF removed IS NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.is_selected IS NULL THEN
        FOREACH one IN ARRAY removed LOOP
            IF one.is_selected IS NOT NULL THEN
                NEW.is_selected := one.is_selected;
                chooser := one.id;
                EXIT;
            END IF;
        END LOOP;
    END IF;
    FOREACH one IN ARRAY removed LOOP
        SELECT coalesce(jsonb_object_agg(name, keys -> one.id::text), '{{}}') INTO filled
        FROM jsonb_each(noted) AS note (name, keys) WHERE keys -> one.id::text IS NOT NULL;
        IF one.id = chooser THEN
            filled := filled || '{{"is_selected": null}}';
        END IF;
        IF NEW.current_plan_day IS NULL AND one.current_plan_day IS NOT NULL THEN
            filled := filled || '{{"current_plan_day": null}}';
            NEW.current_plan_day := one.current_plan_day;
        END IF;
        IF coalesce(NEW.time_of_day, '') = '' AND one.time_of_day <> '' AND NEW.is_selected IS NOT FALSE THEN
            filled := filled || jsonb_build_object('time_of_day', NEW.time_of_day);
            NEW.time_of_day := one.time_of_day;
        END IF;
        IF coalesce(NEW.workout_location, '') = '' AND one.workout_location <> '' THEN
            filled := filled || jsonb_build_object('workout_location', NEW.workout_location);
            NEW.workout_location := one.workout_location;
        END IF;
        IF coalesce(NEW.user_notes, '') = '' AND one.user_notes <> '' THEN
            filled := filled || jsonb_build_object('user_notes', NEW.user_notes);
            NEW.user_notes := one.user_notes;
        END IF;
        INSERT INTO workout_selections_archive
            (selection_id, workout_id, is_selected, current_plan_day, time_of_day, workout_location, user_notes,
            updated_at, kept_selection_id, filled, archived_at)
        VALUES
            (one.id, one.workout_id, one.is_selected, one.current_plan_day, one.time_of_day, one.workout_location,
            one.user_notes, one.updated_at, NEW.id, filled, clock_timestamp());
    END LOOP;
    RETURN NEW;
END
$guard$;
CREATE OR REPLACE TRIGGER keep_one_workout_selection
    BEFORE INSERT OR UPDATE OF workout_id ON workout_selections
    FOR EACH ROW EXECUTE FUNCTION keep_one_workout_selection();
"""

# The guard needs the index to find rows. 0004 builds it concurrently; on the way back, only this statement builds it.
REINSTALL = f"CREATE INDEX IF NOT EXISTS {INDEX} ON workout_selections (workout_id);\n{INSTALL}"

REMOVE = f"""
DROP TRIGGER IF EXISTS keep_one_workout_selection ON workout_selections;
DROP FUNCTION IF EXISTS keep_one_workout_selection();
DROP INDEX IF EXISTS {INDEX};
"""
