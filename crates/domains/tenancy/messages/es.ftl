greeting = Hola:
greeting-named = Hola, { $name }:
code-label = Tu código
expires = Válido durante { $span }.
span-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
span-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
span-days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
link-below = Si el botón no funciona, abre esta dirección en tu navegador:
why = Recibes este mensaje porque alguien ha introducido esta dirección en { $app }.
why-account = Recibes este mensaje porque tienes una cuenta en { $app }.
support = ¿Preguntas? Escribe a { $email }.
secrecy = No des este código a nadie. Nunca te lo pediremos.
ignore = Si no has sido tú, puedes ignorar este mensaje.
act = Si no has sido tú, protege tu cuenta cuanto antes: cambia la contraseña y cierra todas las sesiones.
fact-device = Dispositivo
fact-ip = Dirección de red
fact-location = Lugar
fact-time = Hora
fact-new-email = Nueva dirección
fact-factor = Método
factor-passkey = Clave de acceso
factor-totp = Aplicación de autenticación
factor-sms = SMS
factor-email = Correo electrónico
factor-recovery-codes = Códigos de recuperación

magic-link-subject = Inicia sesión en { $app }
magic-link-lead = Pulsa el botón para iniciar sesión en { $app }.
magic-link-button = Iniciar sesión
sign-in-code-subject = Tu código para { $app }
sign-in-code-lead = Introduce este código para iniciar sesión en { $app }.
sign-in-code-sms = { $code } es tu código para iniciar sesión en { $app }. No se lo des a nadie.
verify-email-subject = Confirma tu dirección de correo
verify-email-lead = Confirma que esta dirección es tuya para que { $app } pueda escribirte.
verify-email-button = Confirmar dirección
verify-phone-subject = Confirma tu número de teléfono
verify-phone-lead = Introduce este código en { $app } para confirmar tu número de teléfono.
verify-phone-sms = { $code } es tu código para confirmar tu número en { $app }. No se lo des a nadie.
reset-password-subject = Elige una contraseña nueva
reset-password-lead = Alguien, esperamos que tú, ha pedido una contraseña nueva en { $app }.
reset-password-button = Elegir contraseña nueva
reset-password-note = Si no has sido tú, no hagas nada: tu contraseña sigue igual.
password-changed-subject = Tu contraseña ha cambiado
password-changed-lead = La contraseña de tu cuenta en { $app } ahora es otra.
password-changed-button = Revisar mi cuenta
email-change-confirm-subject = Confirma tu nueva dirección de correo
email-change-confirm-lead = Confirma que tu cuenta en { $app } usará esta dirección a partir de ahora.
email-change-confirm-button = Confirmar dirección
email-change-notice-subject = Se está cambiando tu dirección de correo
email-change-notice-lead = Se está cambiando la dirección de correo de tu cuenta en { $app }.
email-change-notice-button = Revisar mi cuenta
mfa-code-subject = Tu código de seguridad
mfa-code-lead = Introduce este código para confirmar que eres tú quien inicia sesión en { $app }.
mfa-code-sms = { $code } es tu código de seguridad para { $app }. No se lo des a nadie.
new-device-subject = Nuevo inicio de sesión en { $app }
new-device-lead = Alguien ha iniciado sesión en tu cuenta de { $app } desde un dispositivo desconocido. Si has sido tú, no hay nada que hacer.
new-device-button = Revisar mi cuenta
account-exists-subject = Ya tienes una cuenta
account-exists-lead = Alguien, quizá tú, ha intentado registrarse en { $app } con esta dirección. Ya existe una cuenta: inicia sesión.
account-exists-button = Iniciar sesión
no-account-subject = No hay ninguna cuenta con esta dirección
no-account-lead = Alguien, quizá tú, ha intentado iniciar sesión en { $app } con esta dirección. No hay ninguna cuenta para ella.
no-account-button = Registrarse
invitation-subject = Te han invitado a { $app }
invitation-lead = { $kind ->
    [both] { $inviter } te invita a unirte a { $organization } en { $app }.
    [inviter] { $inviter } te invita a { $app }.
    [organization] Te han invitado a unirte a { $organization } en { $app }.
   *[none] Te han invitado a { $app }.
}
invitation-button = Aceptar la invitación
waitlist-approved-subject = Tu plaza en { $app } está lista
waitlist-approved-lead = La espera ha terminado: ya puedes registrarte en { $app }.
waitlist-approved-button = Registrarse
factor-added-subject = Se ha añadido un método de inicio de sesión
factor-added-lead = Se ha añadido a tu cuenta de { $app } un nuevo método para demostrar que eres tú.
factor-added-button = Revisar mi cuenta
factor-removed-subject = Se ha eliminado un método de inicio de sesión
factor-removed-lead = Se ha eliminado de tu cuenta de { $app } un método para demostrar que eres tú.
factor-removed-button = Revisar mi cuenta
recovery-codes-regenerated-subject = Nuevos códigos de recuperación
recovery-codes-regenerated-lead = Se han creado nuevos códigos de recuperación para tu cuenta de { $app }. Los anteriores ya no sirven.
recovery-codes-regenerated-button = Revisar mi cuenta
test-message-subject = Mensaje de prueba de { $app }
test-message-lead = Si lees esto, los mensajes de { $app } llegan.
