greeting = Guten Tag,
greeting-named = Guten Tag { $name },
code-label = Ihr Code
expires = Gültig für { $span }.
span-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
span-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
span-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
link-below = Falls der Knopf nicht funktioniert, öffnen Sie diese Adresse im Browser:
why = Sie erhalten diese Nachricht, weil jemand diese Adresse bei { $app } eingegeben hat.
why-account = Sie erhalten diese Nachricht, weil Sie ein Konto bei { $app } haben.
support = Fragen? Schreiben Sie an { $email }.
secrecy = Geben Sie diesen Code niemandem weiter. Wir fragen nie danach.
ignore = Falls Sie das nicht waren, können Sie diese Nachricht ignorieren.
act = Falls Sie das nicht waren, sichern Sie sofort Ihr Konto: ändern Sie das Passwort und beenden Sie alle Sitzungen.
fact-device = Gerät
fact-ip = Netzwerkadresse
fact-location = Ort
fact-time = Zeit
fact-new-email = Neue Adresse
fact-factor = Verfahren
factor-passkey = Passkey
factor-totp = Authenticator-App
factor-sms = SMS
factor-email = E-Mail
factor-recovery-codes = Wiederherstellungscodes

magic-link-subject = Bei { $app } anmelden
magic-link-lead = Mit dem Knopf melden Sie sich bei { $app } an.
magic-link-button = Anmelden
sign-in-code-subject = Ihr Code für { $app }
sign-in-code-lead = Geben Sie diesen Code ein, um sich bei { $app } anzumelden.
sign-in-code-sms = { $code } ist Ihr Code zur Anmeldung bei { $app }. Geben Sie ihn niemandem weiter.
verify-email-subject = Bestätigen Sie Ihre E-Mail-Adresse
verify-email-lead = Bestätigen Sie, dass diese Adresse Ihnen gehört, damit { $app } an sie schreiben darf.
verify-email-button = Adresse bestätigen
verify-phone-subject = Bestätigen Sie Ihre Telefonnummer
verify-phone-lead = Geben Sie diesen Code bei { $app } ein, um Ihre Telefonnummer zu bestätigen.
verify-phone-sms = { $code } ist Ihr Code, um Ihre Nummer bei { $app } zu bestätigen. Geben Sie ihn niemandem weiter.
reset-password-subject = Neues Passwort wählen
reset-password-lead = Jemand, hoffentlich Sie, hat bei { $app } um ein neues Passwort gebeten.
reset-password-button = Neues Passwort wählen
reset-password-note = Falls Sie das nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.
password-changed-subject = Ihr Passwort wurde geändert
password-changed-lead = Das Passwort Ihres Kontos bei { $app } ist jetzt ein neues.
password-changed-button = Konto prüfen
email-change-confirm-subject = Bestätigen Sie Ihre neue E-Mail-Adresse
email-change-confirm-lead = Bestätigen Sie, dass Ihr Konto bei { $app } ab jetzt diese Adresse verwendet.
email-change-confirm-button = Adresse bestätigen
email-change-notice-subject = Ihre E-Mail-Adresse wird geändert
email-change-notice-lead = Die E-Mail-Adresse Ihres Kontos bei { $app } wird geändert.
email-change-notice-button = Konto prüfen
mfa-code-subject = Ihr Sicherheitscode
mfa-code-lead = Geben Sie diesen Code ein, um zu bestätigen, dass Sie sich bei { $app } anmelden.
mfa-code-sms = { $code } ist Ihr Sicherheitscode für { $app }. Geben Sie ihn niemandem weiter.
new-device-subject = Neue Anmeldung bei { $app }
new-device-lead = Jemand hat sich mit einem bisher unbekannten Gerät in Ihrem Konto bei { $app } angemeldet. Falls Sie das waren, ist nichts zu tun.
new-device-button = Konto prüfen
account-exists-subject = Sie haben bereits ein Konto
account-exists-lead = Jemand, vielleicht Sie, wollte sich mit dieser Adresse bei { $app } registrieren. Es gibt dafür bereits ein Konto: melden Sie sich einfach an.
account-exists-button = Anmelden
no-account-subject = Kein Konto mit dieser Adresse
no-account-lead = Jemand, vielleicht Sie, wollte sich mit dieser Adresse bei { $app } anmelden. Es gibt dafür kein Konto.
no-account-button = Registrieren
invitation-subject = Einladung zu { $app }
invitation-lead = { $kind ->
    [both] { $inviter } lädt Sie zu { $organization } bei { $app } ein.
    [inviter] { $inviter } lädt Sie zu { $app } ein.
    [organization] Sie sind zu { $organization } bei { $app } eingeladen.
   *[none] Sie sind zu { $app } eingeladen.
}
invitation-button = Einladung annehmen
waitlist-approved-subject = Ihr Platz bei { $app } ist bereit
waitlist-approved-lead = Das Warten hat ein Ende: Sie können sich jetzt bei { $app } registrieren.
waitlist-approved-button = Registrieren
factor-added-subject = Ein Anmeldeverfahren wurde hinzugefügt
factor-added-lead = Ihrem Konto bei { $app } wurde ein neues Verfahren hinzugefügt, mit dem Sie sich ausweisen.
factor-added-button = Konto prüfen
factor-removed-subject = Ein Anmeldeverfahren wurde entfernt
factor-removed-lead = Von Ihrem Konto bei { $app } wurde ein Verfahren entfernt, mit dem Sie sich ausweisen.
factor-removed-button = Konto prüfen
recovery-codes-regenerated-subject = Neue Wiederherstellungscodes
recovery-codes-regenerated-lead = Für Ihr Konto bei { $app } wurden neue Wiederherstellungscodes erstellt. Die bisherigen gelten nicht mehr.
recovery-codes-regenerated-button = Konto prüfen
test-message-subject = Testnachricht von { $app }
test-message-lead = Wenn Sie das lesen, kommen Nachrichten von { $app } an.
