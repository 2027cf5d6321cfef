"""The planner's addresses."""

from django.urls import path

from workouts.pages.week import week

urlpatterns = [
    path("", week, name="week"),
]
