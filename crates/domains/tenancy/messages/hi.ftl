greeting = नमस्ते,
greeting-named = नमस्ते { $name },
code-label = आपका कोड
expires = { $span } तक मान्य।
span-minutes = { $count } मिनट
span-hours = { $count ->
    [one] { $count } घंटे
   *[other] { $count } घंटों
}
span-days = { $count ->
    [one] { $count } दिन
   *[other] { $count } दिनों
}
link-below = अगर बटन काम न करे, तो यह पता अपने ब्राउज़र में खोलें:
why = यह संदेश आपको इसलिए मिला है क्योंकि किसी ने { $app } पर यह पता दर्ज किया।
why-account = यह संदेश आपको इसलिए मिला है क्योंकि { $app } पर आपका खाता है।
support = कोई सवाल? { $email } पर लिखें।
secrecy = यह कोड किसी को न दें। हम इसे आपसे कभी नहीं माँगेंगे।
ignore = अगर यह आप नहीं थे, तो इस संदेश को अनदेखा कर सकते हैं।
act = अगर यह आप नहीं थे, तो तुरंत अपना पासवर्ड बदलें और सभी सत्र समाप्त करें।
fact-device = डिवाइस
fact-ip = नेटवर्क पता
fact-location = जगह
fact-time = समय
fact-new-email = नया पता
fact-factor = तरीका
factor-passkey = पासकी
factor-totp = ऑथेंटिकेटर ऐप
factor-sms = एसएमएस
factor-email = ईमेल
factor-recovery-codes = रिकवरी कोड

magic-link-subject = { $app } में साइन इन करें
magic-link-lead = { $app } में साइन इन करने के लिए बटन दबाएँ।
magic-link-button = साइन इन करें
sign-in-code-subject = { $app } के लिए आपका कोड
sign-in-code-lead = { $app } में साइन इन करने के लिए यह कोड दर्ज करें।
sign-in-code-sms = { $app } में साइन इन करने के लिए आपका कोड { $code } है। इसे किसी को न दें।
verify-email-subject = अपने ईमेल पते की पुष्टि करें
verify-email-lead = पुष्टि करें कि यह पता आपका है, ताकि { $app } आपको लिख सके।
verify-email-button = पते की पुष्टि करें
verify-phone-subject = अपने फ़ोन नंबर की पुष्टि करें
verify-phone-lead = अपने फ़ोन नंबर की पुष्टि के लिए { $app } पर यह कोड दर्ज करें।
verify-phone-sms = { $app } पर अपने नंबर की पुष्टि के लिए आपका कोड { $code } है। इसे किसी को न दें।
reset-password-subject = नया पासवर्ड चुनें
reset-password-lead = किसी ने, शायद आपने, { $app } पर नया पासवर्ड माँगा है।
reset-password-button = नया पासवर्ड चुनें
reset-password-note = अगर यह आप नहीं थे, तो कुछ न करें: आपका पासवर्ड वही रहेगा।
password-changed-subject = आपका पासवर्ड बदल दिया गया
password-changed-lead = { $app } पर आपके खाते का पासवर्ड बदल दिया गया है।
password-changed-button = मेरा खाता देखें
email-change-confirm-subject = अपने नए ईमेल पते की पुष्टि करें
email-change-confirm-lead = पुष्टि करें कि { $app } पर आपका खाता अब से इस पते का उपयोग करेगा।
email-change-confirm-button = पते की पुष्टि करें
email-change-notice-subject = आपका ईमेल पता बदला जा रहा है
email-change-notice-lead = { $app } पर आपके खाते का ईमेल पता बदला जा रहा है।
email-change-notice-button = मेरा खाता देखें
mfa-code-subject = आपका सुरक्षा कोड
mfa-code-lead = { $app } में आप ही साइन इन कर रहे हैं, इसकी पुष्टि के लिए यह कोड दर्ज करें।
mfa-code-sms = { $app } के लिए आपका सुरक्षा कोड { $code } है। इसे किसी को न दें।
new-device-subject = { $app } में नया साइन-इन
new-device-lead = किसी नए डिवाइस से { $app } पर आपके खाते में साइन इन किया गया। अगर यह आप थे, तो कुछ करने की ज़रूरत नहीं।
new-device-button = मेरा खाता देखें
account-exists-subject = आपका खाता पहले से है
account-exists-lead = किसी ने, शायद आपने, इस पते से { $app } पर पंजीकरण करना चाहा। इसका खाता पहले से है: साइन इन करें।
account-exists-button = साइन इन करें
no-account-subject = इस पते का कोई खाता नहीं है
no-account-lead = किसी ने, शायद आपने, इस पते से { $app } में साइन इन करना चाहा। इसका कोई खाता नहीं है।
no-account-button = पंजीकरण करें
invitation-subject = { $app } पर आपको आमंत्रण है
invitation-lead = { $kind ->
    [both] { $inviter } आपको { $app } पर { $organization } से जुड़ने का आमंत्रण देते हैं।
    [inviter] { $inviter } आपको { $app } पर आमंत्रित करते हैं।
    [organization] आपको { $app } पर { $organization } से जुड़ने का आमंत्रण है।
   *[none] आपको { $app } पर आमंत्रण है।
}
invitation-button = आमंत्रण स्वीकार करें
waitlist-approved-subject = { $app } पर आपकी जगह तैयार है
waitlist-approved-lead = इंतज़ार खत्म हुआ: अब आप { $app } पर पंजीकरण कर सकते हैं।
waitlist-approved-button = पंजीकरण करें
factor-added-subject = साइन इन करने का एक तरीका जोड़ा गया
factor-added-lead = { $app } पर आपके खाते में पहचान साबित करने का एक नया तरीका जोड़ा गया है।
factor-added-button = मेरा खाता देखें
factor-removed-subject = साइन इन करने का एक तरीका हटाया गया
factor-removed-lead = { $app } पर आपके खाते से पहचान साबित करने का एक तरीका हटाया गया है।
factor-removed-button = मेरा खाता देखें
recovery-codes-regenerated-subject = नए रिकवरी कोड
recovery-codes-regenerated-lead = { $app } पर आपके खाते के लिए नए रिकवरी कोड बनाए गए हैं। पुराने कोड अब काम नहीं करेंगे।
recovery-codes-regenerated-button = मेरा खाता देखें
test-message-subject = { $app } से परीक्षण संदेश
test-message-lead = अगर आप यह पढ़ रहे हैं, तो { $app } के संदेश पहुँच रहे हैं।
