"""The old application's PUT of a selection: its statements in a minimal Flask view. No login, no history."""

import datetime
import os

from flask import Flask, Response, jsonify, request
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

NAMES = {"isSelected": "is_selected", "timeOfDay": "time_of_day", "userNotes": "user_notes"}

app = application = Flask(__name__)
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
Session = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Workout(Base):
    __tablename__ = "workouts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    workout_type: Mapped[str]
    workout_description: Mapped[str | None]
    planned_duration: Mapped[float | None]
    planned_distance_meters: Mapped[float | None]
    originally_planned_day: Mapped[datetime.date]
    coach_comments: Mapped[str | None]
    tss: Mapped[float | None]
    intensity_factor: Mapped[float | None]
    created_at: Mapped[datetime.datetime | None]
    is_custom: Mapped[bool]


class Selection(Base):
    __tablename__ = "workout_selections"
    id: Mapped[int] = mapped_column(primary_key=True)
    workout_id: Mapped[int] = mapped_column(ForeignKey("workouts.id"))
    is_selected: Mapped[bool | None]
    current_plan_day: Mapped[datetime.date | None]
    time_of_day: Mapped[str | None]
    workout_location: Mapped[str | None]
    user_notes: Mapped[str | None]
    updated_at: Mapped[datetime.datetime | None]


@app.put("/api/selections/<int:workout_id>")
def change(workout_id: int) -> Response | tuple[Response, int]:
    sent = request.get_json()
    with Session() as session:
        if session.get(Workout, workout_id) is None:
            return jsonify(error="Workout not found"), 404
        selection = session.scalars(select(Selection).where(Selection.workout_id == workout_id)).first()
        if selection is None:
            selection = Selection(workout_id=workout_id, is_selected=True)
            session.add(selection)
        for name, column in NAMES.items():
            if name in sent:
                setattr(selection, column, sent[name])
        selection.updated_at = datetime.datetime.now(datetime.UTC)
        session.commit()
        return jsonify(
            id=selection.id,
            workoutId=selection.workout_id,
            isSelected=selection.is_selected,
            currentPlanDay=selection.current_plan_day and selection.current_plan_day.isoformat(),
            timeOfDay=selection.time_of_day,
            workoutLocation=selection.workout_location,
            userNotes=selection.user_notes,
            updatedAt=selection.updated_at and selection.updated_at.isoformat(),
        )
