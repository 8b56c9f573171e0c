# La santé d'un nœud : ce qui a été vérifié, ce qui était abîmé, et ce qui le répare.

verify-progress = { $done } entrées vérifiées sur { $total }
verify-decisions = décisions
verify-checked =
    Vérifié : { $entries ->
        [one] { $entries } entrée
       *[other] { $entries } entrées
    } dans { $logs ->
        [one] { $logs } journal
       *[other] { $logs } journaux
    }, avec { $signatures ->
        [one] { $signatures } signature
       *[other] { $signatures } signatures
    }, et ce qui est gardé de { $documents ->
        [one] { $documents } document
       *[other] { $documents } documents
    }.
verify-compared =
    Comparé avec elles : { $snapshots ->
        [one] { $snapshots } document gardé prêt
       *[other] { $snapshots } documents gardés prêts
    } à lire, { $lines ->
        [one] { $lines } ligne
       *[other] { $lines } lignes
    } de la liste, { $marks ->
        [one] { $marks } marque
       *[other] { $marks } marques
    } sur ce qui attend, et le résultat des décisions.
verify-log =
    { $author } ({ $device }), { $space } : { $count ->
        [one] { $count } entrée
       *[other] { $count } entrées
    }
verify-branch = son histoire { $number }
verify-whole = intact
verify-not-whole = ABÎMÉ
verify-lost =
    { $count ->
        [one] 1 entrée est abîmée ou perdue ici, à partir de l'entrée { $from } ; elle n'est pas encore revenue
       *[other] { $count } entrées sont abîmées ou perdues ici, à partir de l'entrée { $from } ; elles ne sont pas encore revenues
    }
verify-lost-part =
    { $count ->
        [one] 1 entrée était abîmée ou perdue ici, à partir de l'entrée { $from }
       *[other] { $count } entrées étaient abîmées ou perdues ici, à partir de l'entrée { $from }
    } ; revenues des autres : { $back }
verify-lost-back =
    { $count ->
        [one] 1 entrée était abîmée ou perdue ici, l'entrée { $from } ; elle est revenue des autres
       *[other] { $count } entrées étaient abîmées ou perdues ici, à partir de l'entrée { $from } ; elles sont revenues des autres
    }
verify-wrong =
    { $count ->
        [one] 1 entrée n'est pas celle qui devrait être là, l'entrée { $from } ; la bonne n'est pas encore revenue
       *[other] { $count } entrées ne sont pas celles qui devraient être là, à partir de l'entrée { $from } ; les bonnes ne sont pas encore revenues
    }
verify-unsigned = aucune signature n'est valable à partir de l'entrée { $from } : rien ne peut en être transmis d'ici
verify-head = sa fin n'était pas notée comme elle est
verify-log-marks =
    { $count ->
        [one] 1 entrée était mal marquée
       *[other] { $count } entrées étaient mal marquées
    }
verify-proof = la preuve de ses deux histoires était abîmée
verify-mended = { $words } : réparé
verify-document = { $name } : { $what }
verify-document-damaged = la liste de ses entrées était abîmée
verify-document-missing = la liste de ses entrées manquait
verify-document-places = la liste de ses entrées n'était pas ce que disent les journaux
verify-document-actors = le point où en sont ses auteurs n'était pas ce que disent les journaux
verify-document-kind = son genre n'était pas ce que disent les journaux
verify-document-stray = quelque chose était gardé d'un document qui n'existe pas
verify-document-snapshot = ce qui était gardé prêt à lire était abîmé, ou n'était pas ce que donnent ses entrées
verify-document-line = sa ligne dans la liste était abîmée, ou n'était pas ce que donnent ses entrées
verify-marks =
    { $count ->
        [one] 1 marque sur une entrée qui attend était fausse
       *[other] { $count } marques sur des entrées qui attendent étaient fausses
    }
verify-disagree = le résultat des décisions n'était pas celui que suivait ce nœud
verify-mended-count =
    { $count ->
        [one] 1 valeur gardée a été réparée.
       *[other] { $count } valeurs gardées ont été réparées.
    }
verify-left-count =
    { $count ->
        [one] 1 valeur gardée est fausse, et laissée telle quelle.
       *[other] { $count } valeurs gardées sont fausses, et laissées telles quelles.
    }
verify-left-next = accord verify les répare à partir des entrées
verify-lost-count =
    { $count ->
        [one] 1 entrée est perdue ici. Tout le reste continue, et toute organisation qui l'a la rend.
       *[other] { $count } entrées sont perdues ici. Tout le reste continue, et toute organisation qui les a les rend.
    }
verify-lost-next = lancez le nœud (accord node) et rencontrez les autres ; puis accord verify. Un disque qui perd des données est à remplacer.
verify-good = Tout est comme il faut.
lost-entries =
    { $count ->
        [one] 1 entrée de { $author } dans { $space } est abîmée sur ce disque, l'entrée { $from }.
       *[other] { $count } entrées de { $author } dans { $space } sont abîmées sur ce disque, à partir de l'entrée { $from }.
    } Tout le reste continue, et toute organisation qui { $count ->
        [one] l'a la rend
       *[other] les a les rend
    }.
lost-do = À faire : lancez le nœud et rencontrez les autres ; vérifiez la santé du disque.
lost-more =
    { $count ->
        [one] 1 entrée de plus est abîmée ; accord verify les liste toutes.
       *[other] { $count } entrées de plus sont abîmées ; accord verify les liste toutes.
    }

# Ce que le docteur regarde autour de ce qui est conservé.

health-lost-none = aucune entrée abîmée n'est connue ; accord verify les regarde toutes
health-lost-mend = lancez le nœud et rencontrez les autres : ce qu'ils ont revient ; accord verify le dit. Vérifiez la santé du disque
health-caches =
    { $count ->
        [one] ce qui est gardé d'1 document à côté de ses entrées est abîmé : il n'est pas listé
       *[other] ce qui est gardé de { $count } documents à côté de leurs entrées est abîmé : ils ne sont pas listés
    }
health-caches-mend = accord verify
health-writes-stopped = Rien ne peut plus être écrit ici, et la lecture continue : { $why }.
health-writes-mend = faites de la place, ou rendez le disque inscriptible, puis relancez le nœud (accord node stop, accord node) ; rien de ce qui a été enregistré n'est perdu
health-writes-do = À faire : faites de la place, ou rendez le disque inscriptible, puis relancez le nœud (accord node stop, accord node) ; rien de ce qui a été enregistré n'est perdu
health-clock-good = cette machine dit être le { $today }, et rien de ce qui vient des autres ne dit le contraire
health-clock-behind = cette machine dit être le { $today }, et { $who } a écrit quelque chose daté du { $dated } : une des deux horloges est fausse. Rien ne compte par les horloges ; mais ce que vous écrivez est daté par la vôtre, et les tickets finissent par elle
health-clock-ahead = cette machine dit être le { $today }, et ce qui est venu de { $who } dès son écriture est daté du { $dated } : une des deux horloges est fausse. Rien ne compte par les horloges ; mais ce que vous écrivez est daté par la vôtre, et les tickets finissent par elle
doctor-rule-unknown = depuis une décision, les modifications sont jugées par la règle { $rule }, que cette version d'accord ne connaît pas : aucun document n'est montré ni modifié ici
doctor-rule-mend = mettez accord à jour ; ce qui s'écrit entre-temps est gardé et transmis
health-clock-mend = vérifiez la date de cette machine (date ; timedatectl), et demandez à l'autre de vérifier la sienne
health-listens = le nœud écoute sur { $addresses }
health-listens-nowhere = le nœud n'écoute nulle part : il appelle les autres, et personne ne peut l'appeler
health-no-address = aucune adresse d'écoute n'est fixée : un nœud lancé ainsi appelle les autres, et personne ne peut l'appeler
health-listen-mend = accord node --listen /ip4/0.0.0.0/tcp/4701, ou listen: dans config.yaml
health-address-unreadable = { $address } n'est pas une adresse d'écoute : le nœud ne peut pas démarrer
health-address-mend = écrivez-la comme /ip4/0.0.0.0/tcp/4701 dans config.yaml
health-port-untried = { $address } est essayée quand le nœud démarre
health-port-free = { $address } est libre
health-port-taken = { $address } est utilisée par { $who } : le nœud ne peut pas démarrer
health-port-somebody = un autre programme
health-port-program = { $name } (processus { $pid })
health-port-refused = impossible d'écouter sur { $address } : { $why }
health-port-mend = arrêtez ce programme, ou nommez un autre port dans config.yaml
health-reached-at = les autres peuvent essayer d'appeler ce nœud à { $address }
health-reached-nowhere = aucune adresse n'est connue où les autres pourraient appeler ce nœud : c'est à lui de les appeler
health-reached-mend = écoutez sur une adresse de cette machine que les autres atteignent, ou nommez celle de votre routeur par announce: dans config.yaml
health-partner-connected = { $who } est connecté
health-partner-seen =
    { $days ->
        [0] { $who } a été rencontré aujourd'hui
        [one] { $who } a été rencontré hier
       *[other] { $who } a été rencontré il y a { $days } jours
    }
health-partner-long = { $who } a été rencontré il y a { $days } jours, et n'a pas ce qui a été écrit depuis
health-partner-never = { $who } n'a jamais été rencontré : il n'a rien de ce qui a été écrit ici
health-partner-mend = accord sync --wait 60, ou un fichier porté à la main : accord bundle create --for CODE
health-node-none = le nœud est arrêté : ce qui est écrit ici n'atteint personne avant qu'il tourne
health-node-mend = accord node ; docs/running.md dit comment le système le lance de lui-même
doctor-report-written = Le rapport est dans { $file }. Il ne contient aucune clé, aucun ticket et rien d'aucun document ; lisez-le avant de le transmettre.
doctor-report-exists = il y a déjà un fichier { $file }
    .hint = nommez-en un autre : un rapport ne remplace jamais un fichier
doctor-report-not-written = le rapport ne peut pas être écrit dans { $file } : { $why }
