"""What a person sends to import."""

from django import forms


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.zip,text/csv,application/zip"}),
    )
