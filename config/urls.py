"""Every URL of the site except for the probes of releases.middleware."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from workouts.pages.forms import LoginForm

admin.site.site_header = admin.site.site_title = "Workout planner"
admin.site.enable_nav_sidebar = False  # the lists need its space

handler500 = "workouts.pages.errors.server_error"

urlpatterns = [
    path("api/", include("workouts.api.urls")),  # first: each pattern before it would be tried for every call
    path("", include("workouts.urls")),
    path("admin/", admin.site.urls),
    path(
        "login/",
        auth.LoginView.as_view(authentication_form=LoginForm, redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
]

handler400 = "workouts.api.errors.bad_request"
