greeting = Hello,
greeting-named = Hello { $name },
code-label = Your code
expires = Valid for { $span }.
span-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
span-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
span-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
link-below = If the button does not work, open this address in your browser:
why = You receive this message because somebody entered this address at { $app }.
why-account = You receive this message because you have an account at { $app }.
support = Questions? Write to { $email }.
secrecy = Give this code to nobody. We will never ask you for it.
ignore = If it was not you, you can ignore this message.
act = If it was not you, secure your account at once: change your password and end all sessions.
fact-device = Device
fact-ip = Network address
fact-location = Place
fact-time = Time
fact-new-email = New address
fact-factor = Method
factor-passkey = Passkey
factor-totp = Authenticator app
factor-sms = Text message
factor-email = Email
factor-recovery-codes = Recovery codes

magic-link-subject = Sign in to { $app }
magic-link-lead = Press the button to sign in to { $app }.
magic-link-button = Sign in
sign-in-code-subject = Your code for { $app }
sign-in-code-lead = Enter this code to sign in to { $app }.
sign-in-code-sms = { $code } is your code to sign in to { $app }. Give it to nobody.
verify-email-subject = Confirm your email address
verify-email-lead = Confirm that this address is yours, so that { $app } may write to it.
verify-email-button = Confirm address
verify-phone-subject = Confirm your phone number
verify-phone-lead = Enter this code at { $app } to confirm your phone number.
verify-phone-sms = { $code } is your code to confirm your number at { $app }. Give it to nobody.
reset-password-subject = Choose a new password
reset-password-lead = Somebody, hopefully you, asked for a new password at { $app }.
reset-password-button = Choose a new password
reset-password-note = If it was not you, do nothing: your password stays as it is.
password-changed-subject = Your password was changed
password-changed-lead = The password of your account at { $app } is a new one now.
password-changed-button = Check my account
email-change-confirm-subject = Confirm your new email address
email-change-confirm-lead = Confirm that your account at { $app } uses this address from now on.
email-change-confirm-button = Confirm address
email-change-notice-subject = Your email address is being changed
email-change-notice-lead = The email address of your account at { $app } is being changed.
email-change-notice-button = Check my account
mfa-code-subject = Your security code
mfa-code-lead = Enter this code to confirm that it is you who signs in to { $app }.
mfa-code-sms = { $code } is your security code for { $app }. Give it to nobody.
new-device-subject = New sign-in to { $app }
new-device-lead = Somebody signed in to your account at { $app } from a device that was not seen before. If it was you, there is nothing to do.
new-device-button = Check my account
account-exists-subject = You have an account already
account-exists-lead = Somebody, perhaps you, tried to sign up at { $app } with this address. There is an account for it already: sign in instead.
account-exists-button = Sign in
no-account-subject = No account with this address
no-account-lead = Somebody, perhaps you, tried to sign in at { $app } with this address. There is no account for it.
no-account-button = Sign up
invitation-subject = You are invited to { $app }
invitation-lead = { $kind ->
    [both] { $inviter } invites you to join { $organization } at { $app }.
    [inviter] { $inviter } invites you to { $app }.
    [organization] You are invited to join { $organization } at { $app }.
   *[none] You are invited to { $app }.
}
invitation-button = Accept the invitation
waitlist-approved-subject = Your place at { $app } is ready
waitlist-approved-lead = The wait is over: you can sign up at { $app } now.
waitlist-approved-button = Sign up
factor-added-subject = A way to sign in was added
factor-added-lead = A new way to prove that it is you was added to your account at { $app }.
factor-added-button = Check my account
factor-removed-subject = A way to sign in was removed
factor-removed-lead = A way to prove that it is you was removed from your account at { $app }.
factor-removed-button = Check my account
recovery-codes-regenerated-subject = New recovery codes
recovery-codes-regenerated-lead = New recovery codes were made for your account at { $app }. The former ones no longer work.
recovery-codes-regenerated-button = Check my account
test-message-subject = Test message from { $app }
test-message-lead = If you read this, messages from { $app } arrive.
