from __future__ import annotations

from django.urls import path

from accounts import credit_views, mail_views, security_views, views

app_name = "accounts"

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/security/", security_views.security, name="security"),
    path("account/security/sign-ins/<int:sign_in_id>/end/", security_views.sign_in_end, name="sign-in-end"),
    path("account/security/sign-ins/end/", security_views.sign_ins_end, name="sign-ins-end"),
    path("account/credits/", credit_views.statement, name="credits"),
    path("account/credits/buy/", credit_views.buy, name="buy"),
    path("account/credits/top-up/", credit_views.top_up, name="top-up"),
    path("account/purchases/<uuid:purchase_id>/", credit_views.purchase, name="purchase"),
    path("account/purchases/<uuid:purchase_id>/receipt/", credit_views.receipt, name="receipt"),
    path("stripe/webhook/", credit_views.webhook, name="stripe-webhook"),
    path("account/notifications/", mail_views.notifications, name="notifications"),
    path("mails/<str:mail_token>/end/", mail_views.unsubscribe, name="unsubscribe"),
    path("mailbox/", views.mailbox, name="mailbox"),
]
