greeting = Bonjour,
greeting-named = Bonjour { $name },
code-label = Votre code
expires = Valable { $span }.
span-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
span-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
span-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
link-below = Si le bouton ne fonctionne pas, ouvrez cette adresse dans votre navigateur :
why = Vous recevez ce message parce que quelqu’un a saisi cette adresse sur { $app }.
why-account = Vous recevez ce message parce que vous avez un compte sur { $app }.
support = Des questions ? Écrivez à { $email }.
secrecy = Ne donnez ce code à personne. Nous ne vous le demanderons jamais.
ignore = Si ce n’était pas vous, vous pouvez ignorer ce message.
act = Si ce n’était pas vous, sécurisez votre compte sans attendre : changez le mot de passe et fermez toutes les sessions.
fact-device = Appareil
fact-ip = Adresse réseau
fact-location = Lieu
fact-time = Heure
fact-new-email = Nouvelle adresse
fact-factor = Méthode
factor-passkey = Clé d’accès
factor-totp = Application d’authentification
factor-sms = SMS
factor-email = E-mail
factor-recovery-codes = Codes de récupération

magic-link-subject = Connexion à { $app }
magic-link-lead = Appuyez sur le bouton pour vous connecter à { $app }.
magic-link-button = Se connecter
sign-in-code-subject = Votre code pour { $app }
sign-in-code-lead = Saisissez ce code pour vous connecter à { $app }.
sign-in-code-sms = { $code } est votre code de connexion à { $app }. Ne le donnez à personne.
verify-email-subject = Confirmez votre adresse e-mail
verify-email-lead = Confirmez que cette adresse est la vôtre, afin que { $app } puisse vous y écrire.
verify-email-button = Confirmer l’adresse
verify-phone-subject = Confirmez votre numéro de téléphone
verify-phone-lead = Saisissez ce code sur { $app } pour confirmer votre numéro de téléphone.
verify-phone-sms = { $code } est votre code pour confirmer votre numéro sur { $app }. Ne le donnez à personne.
reset-password-subject = Choisissez un nouveau mot de passe
reset-password-lead = Quelqu’un, sans doute vous, a demandé un nouveau mot de passe sur { $app }.
reset-password-button = Choisir un nouveau mot de passe
reset-password-note = Si ce n’était pas vous, ne faites rien : votre mot de passe reste le même.
password-changed-subject = Votre mot de passe a été changé
password-changed-lead = Le mot de passe de votre compte sur { $app } vient d’être remplacé.
password-changed-button = Vérifier mon compte
email-change-confirm-subject = Confirmez votre nouvelle adresse e-mail
email-change-confirm-lead = Confirmez que votre compte sur { $app } utilise désormais cette adresse.
email-change-confirm-button = Confirmer l’adresse
email-change-notice-subject = Votre adresse e-mail est en cours de changement
email-change-notice-lead = L’adresse e-mail de votre compte sur { $app } est en cours de changement.
email-change-notice-button = Vérifier mon compte
mfa-code-subject = Votre code de sécurité
mfa-code-lead = Saisissez ce code pour confirmer que c’est bien vous qui vous connectez à { $app }.
mfa-code-sms = { $code } est votre code de sécurité pour { $app }. Ne le donnez à personne.
new-device-subject = Nouvelle connexion à { $app }
new-device-lead = Quelqu’un s’est connecté à votre compte sur { $app } depuis un appareil inconnu. Si c’était vous, il n’y a rien à faire.
new-device-button = Vérifier mon compte
account-exists-subject = Vous avez déjà un compte
account-exists-lead = Quelqu’un, peut-être vous, a voulu s’inscrire sur { $app } avec cette adresse. Un compte existe déjà : connectez-vous plutôt.
account-exists-button = Se connecter
no-account-subject = Aucun compte avec cette adresse
no-account-lead = Quelqu’un, peut-être vous, a voulu se connecter à { $app } avec cette adresse. Aucun compte n’y correspond.
no-account-button = S’inscrire
invitation-subject = Vous êtes invité sur { $app }
invitation-lead = { $kind ->
    [both] { $inviter } vous invite à rejoindre { $organization } sur { $app }.
    [inviter] { $inviter } vous invite sur { $app }.
    [organization] Vous êtes invité à rejoindre { $organization } sur { $app }.
   *[none] Vous êtes invité sur { $app }.
}
invitation-button = Accepter l’invitation
waitlist-approved-subject = Votre place sur { $app } est prête
waitlist-approved-lead = L’attente est terminée : vous pouvez vous inscrire sur { $app }.
waitlist-approved-button = S’inscrire
factor-added-subject = Une méthode de connexion a été ajoutée
factor-added-lead = Une nouvelle méthode pour prouver votre identité a été ajoutée à votre compte sur { $app }.
factor-added-button = Vérifier mon compte
factor-removed-subject = Une méthode de connexion a été supprimée
factor-removed-lead = Une méthode pour prouver votre identité a été supprimée de votre compte sur { $app }.
factor-removed-button = Vérifier mon compte
recovery-codes-regenerated-subject = Nouveaux codes de récupération
recovery-codes-regenerated-lead = De nouveaux codes de récupération ont été créés pour votre compte sur { $app }. Les anciens ne sont plus valables.
recovery-codes-regenerated-button = Vérifier mon compte
test-message-subject = Message d’essai de { $app }
test-message-lead = Si vous lisez ceci, les messages de { $app } arrivent bien.
